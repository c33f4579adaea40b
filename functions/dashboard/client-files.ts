import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

/** One file of the built pages, held in memory in every encoding it is sent in. */
export type ClientFile = {
  type: string
  etag: string
  /** Its name has its content's hash: it never changes. */
  immutable: boolean
  bytes: { identity: Buffer; br?: Buffer; gzip?: Buffer }
}
/** By path of the URL, `/index.html` among them. */
export type ClientFiles = ReadonlyMap<string, ClientFile>

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}
const BROTLI_QUALITY = 9

/** Reads what the build made. Throws an Error that says how to make it when it is not there, or has a file of no known type. */
export async function readClient(folder: URL): Promise<ClientFiles> {
  const root = fileURLToPath(folder)
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new Error(`There are no pages in ${root}: npm run build:web makes them.`, { cause })
  })
  const names = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  return new Map(await Promise.all(names.map(async (name) => [urlOf(root, name), await fileOf(name)] as const)))
}

const urlOf = (root: string, name: string): string => `/${path.relative(root, name).split(path.sep).join('/')}`

async function fileOf(name: string): Promise<ClientFile> {
  const identity = await readFile(name)
  const type = TYPES[path.extname(name)]
  if (type === undefined) throw new Error(`${name}: no content type is known for it.`)
  const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`
  const immutable = path.basename(path.dirname(name)) === 'assets'
  if (!/^text|json|svg/.test(type)) return { type, etag, immutable, bytes: { identity } }
  const br = brotliCompressSync(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
  return { type, etag, immutable, bytes: { identity, br, gzip: gzipSync(identity) } }
}
