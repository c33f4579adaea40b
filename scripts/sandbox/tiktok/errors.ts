/** What TikTok says in its envelope when a call fails; the HTTP status is 200 all the same. */
export class TikTokError extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.name = 'TikTokError'
    this.code = code
  }
}

export const badParameter = (message: string): TikTokError => new TikTokError(40002, message)

export const noPermission = (advertiserId: string): TikTokError =>
  new TikTokError(40001, `No permission to operate advertiser ${advertiserId}.`)

/** Shaped like TikTok's, the same ones in each run: the second, and a number. */
export function requestIds(now: () => Date): () => string {
  let calls = 0
  return () => `${now().toISOString().replace(/\D/g, '').slice(0, 14)}${String(calls++).padStart(18, '0')}`
}
