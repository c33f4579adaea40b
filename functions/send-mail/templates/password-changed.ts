import type { Template } from '../letter.ts'

export const passwordChanged: Template = ({ email, company_name }) => ({
  subject: 'Your Pulsepoint password was changed',
  paragraphs: [
    `The password of ${email} at ${company_name} was changed, and other devices were signed out.`,
    'If it was you, there is nothing to do.',
    'If it was not you, ask for a new password on the sign-in page at once, and tell an admin of your company.',
  ],
  button: null,
})
