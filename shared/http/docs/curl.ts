import { pathsOf } from '../../operation.ts'
import type { AnyOperation } from '../../operations/call.ts'
import { exampleOf } from './example.ts'

const BODY_METHODS = ['post', 'put', 'patch']

/** A command that a shell takes as it stands; `$KEY` is the caller's API key or access token. */
export function curlOf(operation: AnyOperation, serverUrl: string): string {
  const { http, permission, input } = operation
  const path = pathsOf(operation)[0] ?? ''
  const { inPath, rest } = exampleOf(input, path)
  const url = `${serverUrl}${path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(inPath[name] ?? name)))}`
  const words = [`curl ${quoted(BODY_METHODS.includes(http.method) ? url : `${url}${queryOf(rest)}`)}`]
  if (!['get', 'post'].includes(http.method)) words.push(`-X ${http.method.toUpperCase()}`)
  if (permission !== 'public') words.push('-H "Authorization: Bearer $KEY"')
  if (BODY_METHODS.includes(http.method)) {
    words.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(rest))}`)
  }
  return words.join(' \\\n  ')
}

/** A list is its name once for each value. */
function queryOf(fields: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
    ),
  ).toString()
  return query === '' ? '' : `?${query}`
}

/** For POSIX shells: nothing is special between single quotes but the quote itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
