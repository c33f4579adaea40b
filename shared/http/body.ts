import { AppError } from '../errors.ts'
import type { HttpContext } from './context.ts'

const MAX_BYTES = 1024 * 1024
const JSON_TYPE = /^application\/json\s*(;|$)/i

/** The JSON object in the body; no body is {}. Throws PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, INPUT_INVALID. */
export async function readJsonBody(c: HttpContext): Promise<object> {
  if (Number(c.req.header('content-length') ?? 0) > MAX_BYTES) throw tooLarge()
  const bytes = await c.req.arrayBuffer()
  if (bytes.byteLength > MAX_BYTES) throw tooLarge()
  if (bytes.byteLength === 0) return {}
  const plain = ['', 'identity'].includes(c.req.header('content-encoding') ?? '')
  if (!plain || !JSON_TYPE.test(c.req.header('content-type') ?? '')) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as plain application/json.')
  }
  return parseObject(bytes)
}

function parseObject(bytes: ArrayBuffer): object {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed
  } catch (cause) {
    throw new AppError('INPUT_INVALID', 'The body is not valid JSON.', { cause })
  }
  throw new AppError('INPUT_INVALID', 'The body must be a JSON object.')
}

const tooLarge = () => new AppError('PAYLOAD_TOO_LARGE', 'The body may be 1 MiB at most.')
