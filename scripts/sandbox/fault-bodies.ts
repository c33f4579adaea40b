import { setTimeout as delay } from 'node:timers/promises'
import type { FaultKind } from './fault-kinds.ts'

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
type Change = (value: Json, key: string) => Json

/** Rebuilds a JSON value bottom-up. */
function changed(value: Json, change: Change, key = ''): Json {
  if (Array.isArray(value))
    return change(
      value.map((one) => changed(one, change, key)),
      key,
    )
  if (typeof value !== 'object' || value === null) return change(value, key)
  return change(Object.fromEntries(Object.entries(value).map(([name, one]) => [name, changed(one, change, name)])), key)
}

const isObject = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const CHANGES: Readonly<Record<'wrong_types' | 'unknown_field' | 'unknown_enum', Change>> = {
  // Every decimal string, which is where money and metrics are, becomes an object.
  wrong_types: (value) => (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? { value } : value),
  unknown_field: (value) => (isObject(value) ? { ...value, addedLater: { since: '2027-01' } } : value),
  unknown_enum: (value, key) =>
    typeof value === 'string' && /^[A-Z][A-Z_]{3,}$/.test(value) && key !== 'code' ? 'ADDED_LATER' : value,
}

function rewrite(kind: keyof typeof CHANGES, text: string): string {
  // JSON.parse gives nothing but JSON.
  const value = JSON.parse(text) as Json
  return JSON.stringify(changed(value, CHANGES[kind]))
}

/** Half the bytes, a pause, the other half. */
async function* slowly(text: string, ms: number): AsyncGenerator<string> {
  const middle = Math.floor(text.length / 2)
  yield text.slice(0, middle)
  await delay(ms)
  yield text.slice(middle)
}

/** White space is valid JSON before a value: the body is right, only far too long. */
function* padded(text: string, bytes: number): Generator<string> {
  const chunk = ' '.repeat(64 * 1024)
  for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk
  yield text
}

const stream = (parts: Iterable<string> | AsyncIterable<string>): ReadableStream<Uint8Array> =>
  ReadableStream.from(parts).pipeThrough(new TextEncoderStream())

/** The body that a fault makes of a good one. */
export function brokenBody(fault: FaultKind, text: string): string | ReadableStream<Uint8Array> {
  if (fault.kind === 'truncated_json') return text.slice(0, Math.floor(text.length * 0.7))
  if (fault.kind === 'malformed_json') return text.replace(/:/, ';')
  if (fault.kind === 'slow_body') return stream(slowly(text, fault.ms))
  if (fault.kind === 'huge_body') return stream(padded(text, fault.bytes))
  if (fault.kind === 'wrong_types' || fault.kind === 'unknown_field' || fault.kind === 'unknown_enum')
    return rewrite(fault.kind, text)
  return text
}
