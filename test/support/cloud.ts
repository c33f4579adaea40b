import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { afterAll, beforeAll } from 'vitest'
import { type Cloud, startCloud } from '../../scripts/local/cloud.ts'
import { readMap } from '../../scripts/local/map.ts'
import { wire } from '../../scripts/local/wiring.ts'
import { forgetConfig } from '../../shared/config.ts'
import { identities, WAREHOUSE_KEYS } from './identities.ts'
import { scratch } from './scratch.ts'

const PROJECT = 'pulsepoint-test'
const MAP = new URL('../../infra/functions.tf.json', import.meta.url).pathname

export const keyRing = (...keys: Uint8Array[]): string =>
  JSON.stringify({
    current: `k${keys.length}`,
    keys: Object.fromEntries(keys.map((key, index) => [`k${index + 1}`, Buffer.from(key).toString('base64')])),
  })

/** The keys that this file's secrets hold; both are live, the second signs. */
export const JWT_KEYS = [randomBytes(32), randomBytes(32)] as const

/** A local cloud of this test file's own with the product's topics and key rings; no function is subscribed. */
export function useCloud(): { current: () => Cloud } {
  let cloud: Cloud | undefined
  let stateDir = ''
  beforeAll(async () => {
    stateDir = await scratch('pulsepoint-cloud-')
    cloud = await startCloud({ stateDir, port: 0, identities })
    process.env.CLOUD_ENDPOINT = cloud.url
    forgetConfig()
    const map = await readMap(MAP)
    const unheard = Object.fromEntries(
      Object.entries(map.functions).map(([name, entry]) => [name, { ...entry, on: [] }]),
    )
    await wire({ map: { ...map, functions: unheard }, cloudUrl: cloud.url, projectId: PROJECT, functionUrl: () => '' })
    await setSecret(cloud.url, 'JWT_KEYS', keyRing(...JWT_KEYS))
    await setSecret(cloud.url, 'ENCRYPTION_KEYS', keyRing(randomBytes(32)))
    await setSecret(cloud.url, 'WAREHOUSE_KEYS', WAREHOUSE_KEYS)
  })
  afterAll(async () => {
    await cloud?.close()
    await rm(stateDir, { recursive: true, force: true })
  })
  return {
    current: () => {
      if (!cloud) throw new Error('current() before beforeAll')
      return cloud
    },
  }
}

/** Adds a version of a secret, making the secret if need be. */
export async function setSecret(cloudUrl: string, name: string, value: string): Promise<void> {
  const base = `${cloudUrl}/v1/projects/${PROJECT}/secrets`
  await fetch(`${base}?secretId=${name}`, { method: 'POST', body: '{}' })
  const payload = { data: Buffer.from(value).toString('base64') }
  const added = await fetch(`${base}/${name}:addVersion`, { method: 'POST', body: JSON.stringify({ payload }) })
  if (!added.ok) throw new Error(`addVersion of ${name}: ${added.status} ${await added.text()}`)
}
