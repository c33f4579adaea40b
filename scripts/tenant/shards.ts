import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'

/** A plan's time grows with the square of its tenants: infra/tenants refuses more. */
export const SHARD_TENANTS = 200

export type Shards = ReadonlyMap<string, Readonly<Record<string, { name: string }>>>

const ShardFile = z.strictObject({ tenants: z.record(z.uuid(), z.strictObject({ name: z.string() })) })

/** The tenants of each shard, by the shard's name. No folder means no tenants yet. */
export async function readShards(folder: string): Promise<Shards> {
  const files = await readdir(folder).catch((): string[] => [])
  const names = files.filter((file) => /^\d+\.tfvars\.json$/.test(file)).map((file) => file.replace('.tfvars.json', ''))
  const shards = new Map<string, Record<string, { name: string }>>()
  for (const name of names.sort((a, b) => Number(a) - Number(b))) {
    const file = path.join(folder, `${name}.tfvars.json`)
    const parsed = ShardFile.safeParse(JSON.parse(await readFile(file, 'utf8')))
    if (!parsed.success) throw new Error(`${file}:\n${z.prettifyError(parsed.error)}`)
    shards.set(name, parsed.data.tenants)
  }
  return shards
}

/** Puts the tenant into the first shard with room, or into a new one; its name is the result. */
export async function addToShard(folder: string, tenantId: string, name: string): Promise<string> {
  const shards = await readShards(folder)
  const there = shardOf(shards, tenantId)
  if (there !== undefined) return there
  const roomy = [...shards].find(([, tenants]) => Object.keys(tenants).length < SHARD_TENANTS)
  const shard = roomy?.[0] ?? String(shards.size)
  await writeShard(folder, shard, { ...roomy?.[1], [tenantId]: { name } })
  return shard
}

/** The shard it was in; undefined when it was in none. */
export async function removeFromShard(folder: string, tenantId: string): Promise<string | undefined> {
  const shards = await readShards(folder)
  const shard = shardOf(shards, tenantId)
  if (shard === undefined) return undefined
  const { [tenantId]: _, ...others } = shards.get(shard) ?? {}
  await writeShard(folder, shard, others)
  return shard
}

export const shardOf = (shards: Shards, tenantId: string): string | undefined =>
  [...shards].find(([, tenants]) => tenantId in tenants)?.[0]

/** Whole or not at all. */
async function writeShard(folder: string, shard: string, tenants: object): Promise<void> {
  await mkdir(folder, { recursive: true })
  const file = path.join(folder, `${shard}.tfvars.json`)
  const sorted = Object.fromEntries(Object.entries(tenants).sort(([a], [b]) => (a < b ? -1 : 1)))
  await writeFile(`${file}.new`, `${JSON.stringify({ tenants: sorted }, null, 2)}\n`)
  await rename(`${file}.new`, file)
}
