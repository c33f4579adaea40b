import { rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BigQuery } from '@google-cloud/bigquery'
import { Firestore } from '@google-cloud/firestore'
import { PubSub, v1 } from '@google-cloud/pubsub'
import { SecretManagerServiceClient } from '@google-cloud/secret-manager'
import { CloudTasksClient } from '@google-cloud/tasks'
import { GoogleAuth, PassThroughClient } from 'google-auth-library'
import { onTestFinished } from 'vitest'
import { type Cloud, type CloudOptions, startCloud } from '../../../scripts/local/cloud.ts'
import { scratch } from '../../support/scratch.ts'

export const projectId = 'pulsepoint-local'

function restOptions(port: number) {
  const auth = new GoogleAuth({ authClient: new PassThroughClient(), projectId })
  return { projectId, fallback: true, protocol: 'http', apiEndpoint: '127.0.0.1', port, auth } as const
}

/** Google's own clients, over REST, to whatever listens on the port. */
export const pubsubClient = (port: number) =>
  new PubSub({ ...restOptions(port), apiEndpoint: `http://127.0.0.1:${port}` })
export const subscriberClient = (port: number) => new v1.SubscriberClient(restOptions(port))
export const tasksClient = (port: number) => new CloudTasksClient(restOptions(port))
export const secretsClient = (port: number) => new SecretManagerServiceClient(restOptions(port))
export const bigqueryClient = (port: number) =>
  new BigQuery({ projectId, apiEndpoint: `http://127.0.0.1:${port}`, authClient: new PassThroughClient() })
export const firestoreClient = (port: number) =>
  new Firestore({ projectId, host: `127.0.0.1:${port}`, ssl: false, preferRest: true, auth: restOptions(port).auth })

/** A directory that goes with the test. */
export async function temporaryDirectory(): Promise<string> {
  const path = await scratch('local-cloud-')
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** A cloud of the test's own; closed with it. */
export async function testCloud(options: Partial<CloudOptions> = {}): Promise<Cloud> {
  const cloud = await startCloud({ port: 0, stateDir: options.stateDir ?? (await temporaryDirectory()), ...options })
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= cloud.close()
    return closed
  }
  onTestFinished(close)
  return { ...cloud, close }
}

export interface Pushed {
  headers: IncomingHttpHeaders
  /** As sent: names keep their case, in pairs. */
  rawHeaders: string[]
  body: string
  atMs: number
}

export interface Endpoint {
  url: string
  pushes: Pushed[]
  /** Resolves with the n-th push (from 1), now or when it comes. */
  nth(n: number): Promise<Pushed>
}

/** A push endpoint that answers what `answer` says (status; undefined never answers). */
export async function endpoint(
  answer: (push: Pushed, n: number) => number | undefined | Promise<number>,
): Promise<Endpoint> {
  const pushes: Pushed[] = []
  const waiting: { n: number; resolve: (push: Pushed) => void }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString()
      const push = { headers: request.headers, rawHeaders: request.rawHeaders, body, atMs: performance.now() }
      const n = pushes.push(push)
      for (const each of waiting) if (each.n === n) each.resolve(push)
      const status = await answer(push, n)
      if (status !== undefined) response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  })
  const { port } = server.address() as AddressInfo // listening on TCP
  return {
    url: `http://127.0.0.1:${port}/`,
    pushes,
    nth: (n) =>
      new Promise((resolve) => {
        const known = pushes[n - 1]
        if (known) resolve(known)
        else waiting.push({ n, resolve })
      }),
  }
}
