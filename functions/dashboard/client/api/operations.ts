import type { audit } from '../../../../shared/operations/admin/audit.ts'
import type { serviceReport } from '../../../../shared/operations/admin/service-report.ts'
import type { usage } from '../../../../shared/operations/admin/usage.ts'
import type { acknowledgeAlert } from '../../../../shared/operations/alerts/acknowledge.ts'
import type { listAlerts } from '../../../../shared/operations/alerts/list.ts'
import type { resolveAlert } from '../../../../shared/operations/alerts/resolve.ts'
import type { listAlertRules } from '../../../../shared/operations/alerts/rules/list.ts'
import type { updateAlertRule } from '../../../../shared/operations/alerts/rules/update.ts'
import type { getAttribution } from '../../../../shared/operations/analytics/attribution.ts'
import type { getCohorts } from '../../../../shared/operations/analytics/cohorts.ts'
import type { getInventory } from '../../../../shared/operations/analytics/inventory.ts'
import type { getLedgers } from '../../../../shared/operations/analytics/ledgers.ts'
import type { getMatchReport } from '../../../../shared/operations/analytics/match-report.ts'
import type { getMetrics } from '../../../../shared/operations/analytics/metrics.ts'
import type { createApiKey } from '../../../../shared/operations/api-keys/create.ts'
import type { listApiKeys } from '../../../../shared/operations/api-keys/list.ts'
import type { revokeApiKey } from '../../../../shared/operations/api-keys/revoke.ts'
import type { acceptInvitation } from '../../../../shared/operations/auth/accept-invitation.ts'
import type { confirmPasswordReset } from '../../../../shared/operations/auth/confirm-password-reset.ts'
import type { login } from '../../../../shared/operations/auth/login.ts'
import type { logout } from '../../../../shared/operations/auth/logout.ts'
import type { me } from '../../../../shared/operations/auth/me.ts'
import type { refresh } from '../../../../shared/operations/auth/refresh.ts'
import type { register } from '../../../../shared/operations/auth/register.ts'
import type { requestPasswordReset } from '../../../../shared/operations/auth/request-password-reset.ts'
import type { createBrand } from '../../../../shared/operations/brands/create.ts'
import type { brandDashboard } from '../../../../shared/operations/brands/dashboard.ts'
import type { listBrands } from '../../../../shared/operations/brands/list.ts'
import type { getBrandSummary } from '../../../../shared/operations/insights/summary.ts'
import type { connectIntegration } from '../../../../shared/operations/integrations/connect.ts'
import type { disconnectIntegration } from '../../../../shared/operations/integrations/disconnect.ts'
import type { approvePendingAction } from '../../../../shared/operations/pending-actions/approve.ts'
import type { listPendingActions } from '../../../../shared/operations/pending-actions/list.ts'
import type { rejectPendingAction } from '../../../../shared/operations/pending-actions/reject.ts'
import type { platformHealth } from '../../../../shared/operations/platform/health.ts'
import type { listTenants } from '../../../../shared/operations/platform/tenants.ts'
import type { updateTenant } from '../../../../shared/operations/platform/update-tenant.ts'
import type { platformUsage } from '../../../../shared/operations/platform/usage.ts'
import type { ask } from '../../../../shared/operations/questions/ask.ts'
import type { getQuestion } from '../../../../shared/operations/questions/get.ts'
import type { listQuestions } from '../../../../shared/operations/questions/list.ts'
import type { rateAnswer } from '../../../../shared/operations/questions/rate.ts'
import type { acceptRecommendation } from '../../../../shared/operations/recommendations/accept.ts'
import type { dismissRecommendation } from '../../../../shared/operations/recommendations/dismiss.ts'
import type { listBrandRecommendations } from '../../../../shared/operations/recommendations/list-of-brand.ts'
import type { getSettings } from '../../../../shared/operations/settings/get.ts'
import type { getBrandSettings } from '../../../../shared/operations/settings/get-of-brand.ts'
import type { updateSettings } from '../../../../shared/operations/settings/update.ts'
import type { updateBrandSettings } from '../../../../shared/operations/settings/update-of-brand.ts'
import type { pauseConnection } from '../../../../shared/operations/sync/pause.ts'
import type { resumeConnection } from '../../../../shared/operations/sync/resume.ts'
import type { syncStatus } from '../../../../shared/operations/sync/status.ts'
import type { triggerSync } from '../../../../shared/operations/sync/trigger.ts'
import type { triggerAllSyncs } from '../../../../shared/operations/sync/trigger-all.ts'
import type { inviteUser } from '../../../../shared/operations/users/invite.ts'
import type { listUsers } from '../../../../shared/operations/users/list.ts'
import type { removeUser } from '../../../../shared/operations/users/remove.ts'
import type { updateUser } from '../../../../shared/operations/users/update.ts'
import { call } from './operation-types.ts'

/** Every operation that the pages call, by its own name. */
export const operations = {
  search_audit: call<typeof audit>('get', '/api/admin/audit'),
  get_service_report: call<typeof serviceReport>('get', '/api/admin/service-report'),
  get_usage: call<typeof usage>('get', '/api/admin/usage'),
  acknowledge_alert: call<typeof acknowledgeAlert>('post', '/api/alerts/{id}/acknowledge'),
  list_alerts: call<typeof listAlerts>('get', '/api/alerts'),
  resolve_alert: call<typeof resolveAlert>('post', '/api/alerts/{id}/resolve'),
  list_alert_rules: call<typeof listAlertRules>('get', '/api/alerts/rules'),
  update_alert_rule: call<typeof updateAlertRule>('patch', '/api/alerts/rules/{rule}'),
  get_attribution: call<typeof getAttribution>('get', '/api/analytics/brands/{id}/attribution'),
  get_cohorts: call<typeof getCohorts>('get', '/api/analytics/brands/{id}/cohorts'),
  get_inventory: call<typeof getInventory>('get', '/api/analytics/brands/{id}/inventory'),
  get_ledgers: call<typeof getLedgers>('get', '/api/analytics/brands/{id}/ledgers'),
  get_match_report: call<typeof getMatchReport>('get', '/api/analytics/brands/{id}/match-report'),
  get_metrics: call<typeof getMetrics>('get', '/api/analytics/brands/{id}/metrics'),
  create_api_key: call<typeof createApiKey>('post', '/api/api-keys'),
  list_api_keys: call<typeof listApiKeys>('get', '/api/api-keys'),
  revoke_api_key: call<typeof revokeApiKey>('delete', '/api/api-keys/{id}'),
  accept_invitation: call<typeof acceptInvitation>('post', '/api/auth/accept-invitation'),
  confirm_password_reset: call<typeof confirmPasswordReset>('post', '/api/auth/password-reset/confirm'),
  login: call<typeof login>('post', '/api/auth/login'),
  logout: call<typeof logout>('post', '/api/auth/logout'),
  me: call<typeof me>('get', '/api/auth/me'),
  refresh: call<typeof refresh>('post', '/api/auth/refresh'),
  register: call<typeof register>('post', '/api/auth/register'),
  request_password_reset: call<typeof requestPasswordReset>('post', '/api/auth/password-reset'),
  get_brand_dashboard: call<typeof brandDashboard>('get', '/api/brands/{id}/dashboard'),
  create_brand: call<typeof createBrand>('post', '/api/brands'),
  get_brand_summary: call<typeof getBrandSummary>('get', '/api/brands/{id}/summary'),
  get_brand_settings: call<typeof getBrandSettings>('get', '/api/brands/{id}/settings'),
  update_brand_settings: call<typeof updateBrandSettings>('patch', '/api/brands/{id}/settings'),
  list_brands: call<typeof listBrands>('get', '/api/brands'),
  connect_integration: call<typeof connectIntegration>('post', '/api/integrations/connect'),
  disconnect_integration: call<typeof disconnectIntegration>('post', '/api/integrations/{id}/disconnect'),
  approve_pending_action: call<typeof approvePendingAction>('post', '/api/pending-actions/{id}/approve'),
  list_pending_actions: call<typeof listPendingActions>('get', '/api/pending-actions'),
  reject_pending_action: call<typeof rejectPendingAction>('post', '/api/pending-actions/{id}/reject'),
  get_platform_health: call<typeof platformHealth>('get', '/api/admin/platform/health'),
  list_tenants: call<typeof listTenants>('get', '/api/admin/platform/tenants'),
  update_tenant: call<typeof updateTenant>('patch', '/api/admin/platform/tenants/{id}'),
  get_platform_usage: call<typeof platformUsage>('get', '/api/admin/platform/usage'),
  ask: call<typeof ask>('post', '/api/brands/{id}/ask'),
  get_question: call<typeof getQuestion>('get', '/api/questions/{id}'),
  list_questions: call<typeof listQuestions>('get', '/api/questions'),
  rate_answer: call<typeof rateAnswer>('post', '/api/questions/{id}/feedback'),
  accept_recommendation: call<typeof acceptRecommendation>('post', '/api/recommendations/{id}/accept'),
  dismiss_recommendation: call<typeof dismissRecommendation>('post', '/api/recommendations/{id}/dismiss'),
  list_brand_recommendations: call<typeof listBrandRecommendations>('get', '/api/brands/{id}/recommendations'),
  get_settings: call<typeof getSettings>('get', '/api/admin/settings'),
  update_settings: call<typeof updateSettings>('put', '/api/admin/settings'),
  pause_connection: call<typeof pauseConnection>('post', '/api/integrations/{id}/pause'),
  resume_connection: call<typeof resumeConnection>('post', '/api/integrations/{id}/resume'),
  get_sync_status: call<typeof syncStatus>('get', '/api/sync/status'),
  trigger_all_syncs: call<typeof triggerAllSyncs>('post', '/api/sync'),
  trigger_sync: call<typeof triggerSync>('post', '/api/integrations/{id}/sync'),
  invite_user: call<typeof inviteUser>('post', '/api/users/invite'),
  list_users: call<typeof listUsers>('get', '/api/users'),
  delete_user: call<typeof removeUser>('delete', '/api/users/{id}'),
  update_user: call<typeof updateUser>('patch', '/api/users/{id}'),
}
