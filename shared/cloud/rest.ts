import type { GoogleAuth } from 'google-auth-library'
import { config } from '../config.ts'

/** The clients' own default is a minute: longer than anybody waits for a sign-in. The outbox keeps what did not get through. */
export const CALL_TIMEOUT_MS = 5_000

/**
 * Clients are made on first use: loading one costs 70 to 230 ms of a cold start. All but one are CommonJS, whose names a bundle
 * keeps under `default` alone.
 */
export const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

export const authLibrary = once(async () => (await import('google-auth-library')).default)

/** This function's own; the local cloud asks for none. */
const identity = once<GoogleAuth>(async () => {
  const { GoogleAuth: Auth, PassThroughClient } = await authLibrary()
  const projectId = config('GOOGLE_CLOUD_PROJECT')
  if (config('CLOUD_ENDPOINT')) return new Auth({ projectId, authClient: new PassThroughClient() })
  return new Auth({ projectId, scopes: ['https://www.googleapis.com/auth/cloud-platform'] })
})

/** Of a client that talks REST: to Google, or to the local cloud. */
export async function restOptions() {
  const projectId = config('GOOGLE_CLOUD_PROJECT')
  const endpoint = config('CLOUD_ENDPOINT')
  if (!endpoint) return { projectId, fallback: true as const }
  const { hostname, port, protocol } = new URL(endpoint)
  return {
    projectId,
    fallback: true as const,
    protocol: protocol.slice(0, -1),
    apiEndpoint: hostname,
    port: Number(port),
    auth: await identity(),
  }
}
