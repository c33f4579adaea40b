import path from 'node:path'
import { type Cloud, startCloud } from '../../../scripts/local/cloud.ts'
import type { BenchDatabase } from '../database.ts'

const PROJECT = 'bench'
const TOPICS = ['pulsepoint-events', 'rows.synced', 'orders.attributed', 'performance.updated']

/** A cloud that takes what the attribution publishes; this process's environment points to it and to the database. */
export async function startGround(database: BenchDatabase): Promise<Cloud> {
  const cloud = await startCloud({ stateDir: path.join(database.folder, 'cloud'), port: 0 })
  for (const topic of TOPICS) {
    await fetch(`${cloud.url}/v1/projects/${PROJECT}/topics/${topic}`, { method: 'PUT', body: '{}' })
  }
  Object.assign(process.env, {
    GOOGLE_CLOUD_PROJECT: PROJECT,
    CLOUD_ENDPOINT: cloud.url,
    METADATA_SERVER_DETECTION: 'none',
    DATABASE_URL: database.url('pulsepoint_app'),
  })
  return cloud
}
