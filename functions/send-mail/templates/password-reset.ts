import type { Template } from '../letter.ts'

export const passwordReset: Template = ({ email, company_name }, link) => ({
  subject: 'Choose a new password for Pulsepoint',
  paragraphs: [
    `Somebody asked for a new password for ${email} at ${company_name}. If it was you, choose one here.`,
    'The link works once, for one hour. All devices that are signed in will have to sign in again.',
    'If it was not you, there is nothing to do: your password stays as it is.',
  ],
  button: link === null ? null : { label: 'Choose a new password', url: link },
})
