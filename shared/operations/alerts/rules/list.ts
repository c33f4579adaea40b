import * as z from 'zod'
import { ALERT_RULES } from '../../../alerts/rules.ts'
import { readOverrides } from '../../../alerts/settings.ts'
import { transaction } from '../../../db/transaction.ts'
import { operation } from '../../../operation.ts'
import { AlertRule, ruleNamed, ruleOnWire } from './rule.ts'

export const listAlertRules = operation({
  name: 'list_alert_rules',
  description: 'What is watched for, and how each rule is set for this tenant.',
  http: { method: 'get', path: '/api/alerts/rules' },
  permission: 'brands:read',
  input: z.object({}),
  output: z.object({ rules: z.array(AlertRule) }),
  run: async () => {
    const overrides = new Map((await transaction(readOverrides)).map((override) => [override.rule, override]))
    return { rules: Object.keys(ALERT_RULES).map((name) => ruleOnWire(ruleNamed(name), overrides.get(name))) }
  },
})
