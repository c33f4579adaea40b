import type { Template } from '../letter.ts'

export const invitation: Template = ({ email, company_name }, link) => ({
  subject: `You are invited to ${company_name} on Pulsepoint`,
  paragraphs: [
    `${company_name} invites you to Pulsepoint. Choose a password to sign in as ${email}.`,
    'The link works once and for a limited time. When it has run out, ask the person who invited you for a new one.',
    'If you did not expect this, there is nothing to do: without the link nobody can sign in.',
  ],
  button: link === null ? null : { label: 'Accept the invitation', url: link },
})
