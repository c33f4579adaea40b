import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer'
import * as z from 'zod'
import { secret } from '../../shared/cloud/secrets.ts'
import { config } from '../../shared/config.ts'
import { effect } from '../../shared/effects.ts'
import { AppError } from '../../shared/errors.ts'
import type { Rendered } from './letter.ts'

/** Of the whole dialogue: below the time after which another delivery takes over. */
const TIMEOUT_MS = 40_000
/** Set by nodemailer when the server answered: 4yz may succeed later, 5yz will not. Source: RFC 5321, 4.2.1. */
const SmtpError = z.object({ responseCode: z.int(), command: z.string().optional() })

export type Mail = Rendered & {
  /** Becomes the Message-ID: should the mail ever go out twice, mailboxes can tell. */
  id: string
  /** One address, nothing else. */
  to: string
}

/** Hands the mail to the server of the secret SMTP_URL (`smtps://user:password@host`). Throws PROVIDER_UNAVAILABLE, PROVIDER_REJECTED. */
export async function sendBySmtp({ id, to, subject, text, html }: Mail): Promise<void> {
  const address = z.email().safeParse(to)
  if (!address.success) throw new AppError('PROVIDER_REJECTED', 'The address is not one that a letter can be sent to.')
  const from = config('MAIL_FROM')
  const host = /@([^\s>]+)/.exec(from)?.[1] ?? 'localhost'
  const transport = await transportOf((await secret('SMTP_URL')).trim())
  const mail: SendMailOptions & { signal: AbortSignal } = {
    from,
    // As an object it is not parsed: no second address hides in it.
    to: { name: '', address: address.data },
    messageId: `<${id}@${host}>`,
    subject,
    text,
    html,
    // RFC 3834: no out-of-office answers to us.
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }
  try {
    await effect('smtp', () => transport.sendMail(mail))
  } catch (error) {
    throw asAppError(error)
  }
}

let made: { url: string; transport: Transporter } | undefined

async function transportOf(url: string): Promise<Transporter> {
  if (!/^smtps?:\/\/[^/]/.test(url)) throw new AppError('CONFIG_INVALID', 'The secret SMTP_URL must be smtp(s)://…')
  // Links in letters are keys: outside a laptop they never travel in clear.
  const requireTLS = config('ENVIRONMENT') !== 'development'
  if (made?.url !== url) made = { url, transport: createTransport({ url, requireTLS }) }
  return made.transport
}

/** A refused sign-in at the server is an operator's to mend, so it is tried again, too. The server's words may quote the address: they stay in `cause`. */
function asAppError(cause: unknown): AppError {
  const { responseCode = 0, command = '' } = SmtpError.safeParse(cause).data ?? {}
  const details = { status: responseCode }
  if (responseCode >= 500 && !command.startsWith('AUTH'))
    return new AppError('PROVIDER_REJECTED', `The mail server refused the letter (${responseCode}).`, {
      cause,
      details,
    })
  return new AppError(
    'PROVIDER_UNAVAILABLE',
    `The mail server did not take the letter (${responseCode || 'no answer'}).`,
    {
      cause,
      details,
    },
  )
}
