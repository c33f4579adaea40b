import * as z from 'zod'
import { ApiError } from './api-error.ts'

const FieldPath = z.string().regex(/^[A-Za-z_]\w*$/, 'the local cloud knows top-level fields with plain names only')
const Value = z.record(z.string(), z.unknown())
/** Values as on the wire: `{"integerValue": "5"}`. */
export const Fields = z.record(z.string(), Value)
type Fields = z.output<typeof Fields>

const Transform = z.union([
  z.object({ fieldPath: FieldPath, increment: z.object({ integerValue: z.coerce.bigint() }) }),
  z.object({ fieldPath: FieldPath, setToServerValue: z.union([z.literal(1), z.literal('REQUEST_TIME')]) }),
])
type Transform = z.output<typeof Transform>
const Precondition = z.object({ exists: z.boolean().optional(), updateTime: z.string().optional() })
const Update = z.object({
  update: z.object({ name: z.string(), fields: Fields.default({}) }),
  updateMask: z.object({ fieldPaths: z.array(FieldPath).default([]) }).optional(),
  updateTransforms: z.array(Transform).default([]),
  currentDocument: Precondition.optional(),
})
const Delete = z.object({ delete: z.string(), currentDocument: Precondition.optional() })
export const Write = z.union([Update, Delete])
export type Write = z.output<typeof Write>

export interface Document {
  fields: Fields
  createTime: string
  updateTime: string
}

interface Applied {
  /** What is to be saved; null: deleted. */
  documents: Map<string, Document | null>
  writeResults: { updateTime: string; transformResults?: object[] }[]
}

type Against = { read(name: string): Document | null; commitTime: string }

/** The writes one after another, all or none: a precondition that fails is returned and nothing is to be saved. */
export function applyWrites(writes: readonly Write[], { read, commitTime }: Against): Applied | ApiError {
  const documents = new Map<string, Document | null>()
  const writeResults: Applied['writeResults'] = []
  for (const write of writes) {
    const name = 'delete' in write ? write.delete : write.update.name
    const current = documents.get(name) ?? (documents.has(name) ? null : read(name))
    const refusal = refusalOf(write.currentDocument, current, name)
    if (refusal) return refusal
    const updated = 'delete' in write ? null : update(write, current, commitTime)
    documents.set(name, updated?.document ?? null)
    writeResults.push({
      updateTime: commitTime,
      ...(updated && updated.results.length > 0 && { transformResults: updated.results }),
    })
  }
  return { documents, writeResults }
}

function refusalOf(wanted: z.output<typeof Precondition> = {}, current: Document | null, name: string) {
  if (wanted.exists === true && !current) return new ApiError('NOT_FOUND', `No document to update: ${name}`)
  if (wanted.exists === false && current) return new ApiError('ALREADY_EXISTS', `Document already exists: ${name}`)
  if (wanted.updateTime === undefined || micros(wanted.updateTime) === micros(current?.updateTime ?? '')) return null
  return new ApiError('FAILED_PRECONDITION', 'the stored version does not match the required base version')
}

/** Clients write an instant with as many digits as it needs. */
const micros = (instant: string): string => instant.replace(/(?:\.(\d+))?Z$/, (_, digits = '') => digits.padEnd(6, '0'))

function update(write: z.output<typeof Update>, current: Document | null, commitTime: string) {
  const { update: given, updateMask, updateTransforms } = write
  const fields: Fields = updateMask ? { ...current?.fields } : { ...given.fields }
  for (const path of updateMask?.fieldPaths ?? []) {
    const value = given.fields[path]
    if (value) fields[path] = value
    else delete fields[path]
  }
  const results = updateTransforms.map((transform) => {
    const value = transformed(transform, fields[transform.fieldPath], commitTime)
    fields[transform.fieldPath] = value
    return value
  })
  return { document: { fields, createTime: current?.createTime ?? commitTime, updateTime: commitTime }, results }
}

function transformed(transform: Transform, current: z.output<typeof Value> | undefined, commitTime: string) {
  if ('setToServerValue' in transform) return { timestampValue: commitTime }
  const before = z.coerce.bigint().catch(0n).parse(current?.integerValue)
  return { integerValue: String(before + transform.increment.integerValue) }
}
