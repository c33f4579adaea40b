import { audit } from './admin/audit.ts'
import { questionArchive } from './admin/question-archive.ts'
import { serviceReport } from './admin/service-report.ts'
import { usage } from './admin/usage.ts'
import { acknowledgeAlert } from './alerts/acknowledge.ts'
import { listDeliveries } from './alerts/deliveries.ts'
import { getAlert } from './alerts/get.ts'
import { listAlerts } from './alerts/list.ts'
import { resolveAlert } from './alerts/resolve.ts'
import { listAlertRules } from './alerts/rules/list.ts'
import { updateAlertRule } from './alerts/rules/update.ts'
import { getAttribution } from './analytics/attribution.ts'
import { getCohorts } from './analytics/cohorts.ts'
import { compareBrands } from './analytics/compare-brands.ts'
import { getInventory } from './analytics/inventory.ts'
import { getLedgers } from './analytics/ledgers.ts'
import { listMetrics } from './analytics/list-metrics.ts'
import { getMatchReport } from './analytics/match-report.ts'
import { getMetrics } from './analytics/metrics.ts'
import { createApiKey } from './api-keys/create.ts'
import { listApiKeys } from './api-keys/list.ts'
import { revokeApiKey } from './api-keys/revoke.ts'
import { acceptInvitation } from './auth/accept-invitation.ts'
import { changePassword } from './auth/change-password.ts'
import { confirmPasswordReset } from './auth/confirm-password-reset.ts'
import { listSessions } from './auth/list-sessions.ts'
import { login } from './auth/login.ts'
import { logout } from './auth/logout.ts'
import { me } from './auth/me.ts'
import { refresh } from './auth/refresh.ts'
import { register } from './auth/register.ts'
import { requestPasswordReset } from './auth/request-password-reset.ts'
import { revokeSession } from './auth/revoke-session.ts'
import { createBrand } from './brands/create.ts'
import { brandDashboard } from './brands/dashboard.ts'
import { deleteBrand } from './brands/delete.ts'
import { listExchangeRates } from './brands/exchange-rates.ts'
import { getBrand } from './brands/get.ts'
import { listBrands } from './brands/list.ts'
import { updateBrand } from './brands/update.ts'
import type { AnyOperation } from './call.ts'
import { listFeatureFlags } from './feature-flags/list.ts'
import { updateFeatureFlag } from './feature-flags/update.ts'
import { getBrandSummary } from './insights/summary.ts'
import { connectIntegration } from './integrations/connect.ts'
import { disconnectIntegration } from './integrations/disconnect.ts'
import { getIntegration } from './integrations/get.ts'
import { listIntegrations } from './integrations/list.ts'
import { n8nSecretStatus } from './integrations/n8n-secret-status.ts'
import { rotateN8nSecret } from './integrations/rotate-n8n-secret.ts'
import { testIntegration } from './integrations/test.ts'
import { approvePendingAction } from './pending-actions/approve.ts'
import { getPendingAction } from './pending-actions/get.ts'
import { listPendingActions } from './pending-actions/list.ts'
import { rejectPendingAction } from './pending-actions/reject.ts'
import { platformHealth } from './platform/health.ts'
import { platformHistory } from './platform/history.ts'
import { listTenants } from './platform/tenants.ts'
import { updateTenant } from './platform/update-tenant.ts'
import { platformUsage } from './platform/usage.ts'
import { deleteTenant } from './privacy/delete-tenant.ts'
import { eraseCustomerOperation } from './privacy/erase-customer.ts'
import { eraseUser } from './privacy/erase-user.ts'
import { exportTenant } from './privacy/export.ts'
import { restoreTenant } from './privacy/restore-tenant.ts'
import { tenantState } from './privacy/tenant-state.ts'
import { getAnswerAccuracy } from './questions/accuracy.ts'
import { ask } from './questions/ask.ts'
import { getQuestion } from './questions/get.ts'
import { listQuestions } from './questions/list.ts'
import { rateAnswer } from './questions/rate.ts'
import { acceptRecommendation } from './recommendations/accept.ts'
import { dismissRecommendation } from './recommendations/dismiss.ts'
import { getRecommendation } from './recommendations/get.ts'
import { getRecommendationImpact } from './recommendations/impact.ts'
import { listRecommendations } from './recommendations/list.ts'
import { listBrandRecommendations } from './recommendations/list-of-brand.ts'
import { getSettings } from './settings/get.ts'
import { getBrandSettings } from './settings/get-of-brand.ts'
import { updateSettings } from './settings/update.ts'
import { updateBrandSettings } from './settings/update-of-brand.ts'
import { backfill } from './sync/backfill.ts'
import { cancelSyncRun } from './sync/cancel-run.ts'
import { getSyncRun } from './sync/get-run.ts'
import { listSyncRuns } from './sync/list-runs.ts'
import { pauseConnection } from './sync/pause.ts'
import { resumeConnection } from './sync/resume.ts'
import { syncStatus } from './sync/status.ts'
import { triggerSync } from './sync/trigger.ts'
import { triggerAllSyncs } from './sync/trigger-all.ts'
import { health } from './system/health.ts'
import { openidConfiguration } from './system/openid-configuration.ts'
import { listPublicKeys } from './system/public-keys.ts'
import { getUser } from './users/get.ts'
import { inviteUser } from './users/invite.ts'
import { listUsers } from './users/list.ts'
import { reinviteUser } from './users/reinvite.ts'
import { removeUser } from './users/remove.ts'
import { updateUser } from './users/update.ts'
import { listWebhookEndpoints } from './webhooks/list.ts'
import { setWebhookEndpoint } from './webhooks/set.ts'

/** Everything a caller can do. */
export const OPERATIONS: readonly AnyOperation[] = [
  audit,
  questionArchive,
  serviceReport,
  usage,
  acknowledgeAlert,
  getAlert,
  listDeliveries,
  listAlerts,
  resolveAlert,
  listAlertRules,
  updateAlertRule,
  compareBrands,
  getAttribution,
  getCohorts,
  getInventory,
  getLedgers,
  getMatchReport,
  getMetrics,
  listMetrics,
  createApiKey,
  listApiKeys,
  revokeApiKey,
  acceptInvitation,
  changePassword,
  confirmPasswordReset,
  listSessions,
  login,
  logout,
  me,
  refresh,
  register,
  requestPasswordReset,
  revokeSession,
  createBrand,
  brandDashboard,
  deleteBrand,
  listExchangeRates,
  getBrand,
  listBrands,
  updateBrand,
  listFeatureFlags,
  updateFeatureFlag,
  connectIntegration,
  disconnectIntegration,
  getIntegration,
  listIntegrations,
  getBrandSummary,
  n8nSecretStatus,
  listWebhookEndpoints,
  setWebhookEndpoint,
  rotateN8nSecret,
  testIntegration,
  approvePendingAction,
  getPendingAction,
  listPendingActions,
  rejectPendingAction,
  platformHealth,
  platformHistory,
  listTenants,
  updateTenant,
  platformUsage,
  deleteTenant,
  eraseCustomerOperation,
  eraseUser,
  exportTenant,
  restoreTenant,
  tenantState,
  getAnswerAccuracy,
  ask,
  getQuestion,
  listQuestions,
  rateAnswer,
  acceptRecommendation,
  dismissRecommendation,
  getRecommendation,
  getRecommendationImpact,
  listBrandRecommendations,
  listRecommendations,
  getBrandSettings,
  getSettings,
  updateBrandSettings,
  updateSettings,
  backfill,
  cancelSyncRun,
  getSyncRun,
  listSyncRuns,
  pauseConnection,
  resumeConnection,
  syncStatus,
  triggerAllSyncs,
  triggerSync,
  health,
  openidConfiguration,
  listPublicKeys,
  getUser,
  inviteUser,
  listUsers,
  reinviteUser,
  removeUser,
  updateUser,
]
