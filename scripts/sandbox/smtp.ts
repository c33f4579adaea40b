import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import type { FaultKind } from './fault-kinds.ts'
import type { Faults } from './faults.ts'
import { type Decoded, decodeMail } from './mime.ts'

/** A letter as the server took it; `from` and `to` are the envelope's. */
export type ReceivedMail = Decoded & { received_at: string; from: string; to: string[]; raw: string }

export type SmtpSandbox = {
  /** Starts on a free port of this machine; resolves to `smtp://…`. */
  listen(): Promise<string>
  close(): Promise<void>
  /** The last 1,000 that were accepted, oldest first. */
  mails(): readonly ReceivedMail[]
  clear(): void
}

const KEPT_MAILS = 1000
const MAX_BYTES = 1024 * 1024

/**
 * A mail server that takes everything and delivers nothing. Faults match provider `smtp` and operation `mail`, `rcpt` or
 * `data`: `status` answers with that SMTP code (451: try again, 550: never), `hang` not at all, any other kind with 451.
 */
export function smtpSandbox(faults: Pick<Faults, 'strikes'>): SmtpSandbox {
  let mails: ReceivedMail[] = []
  const struck = (operation: string) => faults.strikes({ provider: 'smtp', operation, path: `/smtp/${operation}` })
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    size: MAX_BYTES,
    logger: false,
    onAuth: ({ username = '' }, _, callback) => callback(null, { user: username }),
    onMailFrom: (_address, _session, callback) => answer(struck('mail'), callback),
    onRcptTo: (_address, _session, callback) => answer(struck('rcpt'), callback),
    onData: async (stream, session, callback) => {
      const raw = await buffer(stream).catch(() => null)
      if (raw === null) return callback(new Error('The client went away in the middle of its letter'))
      const text = raw.toString('utf8')
      const fault = struck('data')
      if (!fault) mails = [...mails, received(text, session)].slice(-KEPT_MAILS)
      answer(fault, callback)
    },
  })
  // A client that goes away in the middle is its own business.
  server.on('error', () => undefined)
  return {
    listen: () =>
      new Promise((resolve) => {
        const listening = server.listen(0, '127.0.0.1', () => {
          const { port } = listening.address() as AddressInfo // a TCP server's address is an AddressInfo
          resolve(`smtp://127.0.0.1:${port}`)
        })
      }),
    close: () => new Promise((closed) => server.close(() => closed())),
    mails: () => mails,
    clear: () => {
      mails = []
    },
  }
}

const received = (raw: string, { envelope }: SMTPServerSession): ReceivedMail => ({
  received_at: new Date().toISOString(),
  from: envelope.mailFrom ? envelope.mailFrom.address : '',
  to: envelope.rcptTo.map(({ address }) => address),
  ...decodeMail(raw),
  raw,
})

function answer(fault: FaultKind | null, callback: (error?: Error | null) => void): void {
  if (!fault) callback()
  else if (fault.kind !== 'hang') callback(refusal(fault))
}

function refusal(fault: FaultKind): Error {
  const responseCode = fault.kind === 'status' ? fault.code : 451
  const text = fault.kind === 'status' && typeof fault.body === 'string' ? fault.body : `Fault ${responseCode}`
  return Object.assign(new Error(text), { responseCode })
}
