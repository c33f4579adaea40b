import { AppError } from '../errors.ts'
import type { HttpContext } from './context.ts'

/** Of a request's body. */
export const MAX_BYTES = 1024 * 1024
const JSON_TYPE = /^application\/json\s*(;|$)/i

/** The JSON object in the body; no body is {}. Throws PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, INPUT_INVALID. */
export async function readJsonObject(c: HttpContext): Promise<object> {
  const parsed = await readJson(c)
  if (parsed === undefined) return {}
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed
  throw new AppError('INPUT_INVALID', 'The body must be a JSON object.')
}

/** The JSON in the body, whatever it is; undefined when there is no body. Throws as readJsonObject. */
export async function readJson(c: HttpContext): Promise<unknown> {
  const bytes = await readBytes(c, MAX_BYTES)
  return bytes.byteLength === 0 ? undefined : jsonOf(c, bytes)
}

const read = new WeakMap<Request, Promise<Uint8Array>>()

/** The body's own bytes, as they came; they can be read again. Throws PAYLOAD_TOO_LARGE before it holds more than that. */
export function readBytes(c: HttpContext, maxBytes: number = MAX_BYTES): Promise<Uint8Array> {
  const known = read.get(c.req.raw)
  if (known) return known
  const reading = collectBytes(c, maxBytes)
  read.set(c.req.raw, reading)
  return reading
}

async function collectBytes(c: HttpContext, maxBytes: number): Promise<Uint8Array> {
  if (Number(c.req.header('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Throws UNSUPPORTED_MEDIA_TYPE unless the body is plain JSON, INPUT_INVALID when it cannot be read as such. */
export function jsonOf(c: HttpContext, bytes: Uint8Array, parse: (text: string) => unknown = JSON.parse): unknown {
  const plain = ['', 'identity'].includes(c.req.header('content-encoding') ?? '')
  if (!plain || !JSON_TYPE.test(c.req.header('content-type') ?? '')) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as plain application/json.')
  }
  try {
    return parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new AppError('INPUT_INVALID', 'The body is not valid JSON.', { cause })
  }
}

const tooLarge = (maxBytes: number) =>
  new AppError('PAYLOAD_TOO_LARGE', `The body may be ${maxBytes / 1024 / 1024} MiB at most.`)
