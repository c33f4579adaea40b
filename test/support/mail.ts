import { afterAll, beforeAll, beforeEach } from 'vitest'
import { faults } from '../../scripts/sandbox/faults.ts'
import { requestCounts } from '../../scripts/sandbox/requests.ts'
import { type SmtpSandbox, smtpSandbox } from '../../scripts/sandbox/smtp.ts'
import { setSecret } from './cloud.ts'

export type TestMail = Pick<SmtpSandbox, 'mails'> & {
  /** What the next letters are answered at this step, that often. */
  refuse(operation: 'mail' | 'rcpt' | 'data', code: number, times?: number): void
}

/** A mail server of this test file's own, under the secret SMTP_URL. To be used after the cloud; empty at each test. */
export function useMail(): TestMail {
  const injected = faults(requestCounts())
  const smtp = smtpSandbox(injected)
  beforeAll(async () => {
    await setSecret(process.env.CLOUD_ENDPOINT ?? '', 'SMTP_URL', `${await smtp.listen()}\n`)
  })
  beforeEach(() => {
    smtp.clear()
    injected.clear()
  })
  afterAll(() => smtp.close())
  return {
    mails: smtp.mails,
    refuse: (operation, code, times = 1) => {
      const match = { provider: 'smtp', operation, nth: 1 }
      injected.add({ match, fault: { kind: 'status', code, headers: {} }, times })
    },
  }
}
