import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetConfig } from '../../../shared/config.ts'
import { addressOf } from '../../../shared/db/address.ts'

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'

/** The metadata server as far as tokens go. */
const metadata = createServer((request, response) => {
  response.setHeader('metadata-flavor', 'Google').setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ access_token: `token for ${request.url}`, expires_in: 3600, token_type: 'Bearer' }))
})
beforeAll(async () => {
  await new Promise<void>((resolve) => metadata.listen(0, '127.0.0.1', resolve))
  process.env.GCE_METADATA_HOST = `127.0.0.1:${(metadata.address() as AddressInfo).port}` // it listens on TCP
  process.env.METADATA_SERVER_DETECTION = 'assume-present'
})
afterAll(() => new Promise<void>((resolve) => metadata.close(() => resolve()).closeAllConnections()))

test('a URL with a password is taken as it is', () => {
  const url = 'postgres://pulsepoint_app:secret@127.0.0.1:5432/pulsepoint'
  expect(addressOf(url)).toEqual({ connectionString: url })
})

test('a URL without a password logs in by IAM: over TLS, with a token of this identity for Cloud SQL alone', async () => {
  process.env.DATABASE_CA = CERTIFICATE
  forgetConfig()
  const { password, ...address } = addressOf('postgres://fn-api%40acme.iam@10.1.2.3:5432/pulsepoint')
  expect(address).toEqual({
    host: '10.1.2.3',
    port: 5432,
    user: 'fn-api@acme.iam',
    database: 'pulsepoint',
    ssl: { ca: CERTIFICATE, checkServerIdentity: expect.any(Function) },
  })
  expect(typeof password === 'function' && (await password())).toContain('sqlservice.login')
})

test('nobody logs in to a server whose authority is not known', () => {
  delete process.env.DATABASE_CA
  forgetConfig()
  expect(() => addressOf('postgres://fn-api%40acme.iam@10.1.2.3:5432/pulsepoint')).toThrow('DATABASE_CA is missing')
})
