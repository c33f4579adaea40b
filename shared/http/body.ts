import { AppError } from '../errors.ts'
import type { HttpContext } from './context.ts'

const MAX_BYTES = 1024 * 1024
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
  if (Number(c.req.header('content-length') ?? 0) > MAX_BYTES) throw tooLarge()
  const bytes = await c.req.arrayBuffer()
  if (bytes.byteLength > MAX_BYTES) throw tooLarge()
  if (bytes.byteLength === 0) return undefined
  const plain = ['', 'identity'].includes(c.req.header('content-encoding') ?? '')
  if (!plain || !JSON_TYPE.test(c.req.header('content-type') ?? '')) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as plain application/json.')
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new AppError('INPUT_INVALID', 'The body is not valid JSON.', { cause })
  }
}

const tooLarge = () => new AppError('PAYLOAD_TOO_LARGE', 'The body may be 1 MiB at most.')
