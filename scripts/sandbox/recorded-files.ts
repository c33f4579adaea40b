import { createReadStream } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import * as z from 'zod'

/** A JSON file of the expected shape. Throws naming the file and what is wrong with it. */
export async function jsonFile<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : cause
    throw new Error(`${path}: ${why}`, { cause })
  }
}

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

export async function streamPath(folder: string, stream: string): Promise<string | null> {
  for (const name of [`${stream}.jsonl.gz`, `${stream}.jsonl`])
    if (await exists(join(folder, name))) return join(folder, name)
  return null
}

export type Line = { text: string; where: string }

/** The lines of a file, a block at a time, so that a large one is never in memory twice. */
export async function* blocks(path: string): AsyncGenerator<Line[]> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 })
  const input = path.endsWith('.gz') ? file.pipe(createGunzip({ chunkSize: 1 << 20 })) : file
  file.on('error', (error) => input.destroy(error))
  const decoder = new TextDecoder()
  let rest = ''
  let number = 0
  const cut = (text: string): Line[] => {
    const lines = text.split('\n')
    rest = lines.pop() ?? ''
    return lines.map((line) => ({ text: line, where: `${path}:${++number}` })).filter((line) => line.text.trim() !== '')
  }
  try {
    for await (const chunk of input) yield cut(rest + decoder.decode(chunk, { stream: true }))
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
  yield cut(`${rest}\n`)
}

/** The lines of `<folder>/<stream>.jsonl[.gz]`; [] when there is no such file. Throws with file and line for one that is no row. */
export async function rows<T>(folder: string, stream: string, row: z.ZodType<T>): Promise<T[]> {
  const path = await streamPath(folder, stream)
  if (path === null) return []
  const found: T[] = []
  for await (const lines of blocks(path)) {
    for (const { text, where } of lines) {
      try {
        found.push(row.parse(JSON.parse(text)))
      } catch (cause) {
        throw new Error(`${where}: not a row of ${stream}`, { cause })
      }
    }
  }
  return found
}
