import type { ProgressNotification } from '@modelcontextprotocol/sdk/types.js'
import type { OnStep } from './offer.ts'

type Caller = { signal: AbortSignal; sendNotification: (notification: ProgressNotification) => Promise<void> }

/** Each step as a progress notification, to a client that gave a token for it; a client that went away ends the call. */
export const tellingOf =
  (progressToken: string | number | undefined, { signal, sendNotification }: Caller): OnStep =>
  async (step) => {
    signal.throwIfAborted()
    if (progressToken === undefined) return
    await sendNotification({ method: 'notifications/progress', params: { progressToken, ...step } })
  }
