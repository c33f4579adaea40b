import { config } from '../../../shared/config.ts'
import { explainAlert } from '../../../shared/operations/alerts/alert.ts'
import type { Template } from '../letter.ts'

export const alert: Template = ({ company_name, alert: told }) => ({
  subject: told ? `${told.title} (${company_name})` : `An alert of ${company_name} is gone`,
  paragraphs: told
    ? [
        told.status === 'open' ? `${told.title}.` : `${told.title}. Meanwhile it is ${told.status}.`,
        told.message,
        explained(explainAlert(told)),
        `This is ${told.severity} for ${company_name}. Which alerts are sent by e-mail is set under Alerts.`,
      ]
    : ['What it told of was deleted in the meantime.'],
  button: { label: 'Open the alerts', url: `${config('DASHBOARD_URL')}/alerts` },
})

/** Our own sentence does not pass for a model's. */
const explained = ({ text, written_by }: ReturnType<typeof explainAlert>): string =>
  written_by === 'claude'
    ? `What may lie behind it, written by Claude from your figures: ${text}`
    : `What it means: ${text}`
