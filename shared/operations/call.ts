import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import { actor } from '../tenant.ts'

/** Any operation, whatever its schemas; called through call() alone, which proves the input. */
export type AnyOperation = Omit<Operation, 'run'> & { run: (input: never) => Promise<unknown> }

/** Throws FORBIDDEN unless the actor may call it. */
export function requirePermission({ permission }: Pick<AnyOperation, 'permission'>): void {
  if (permission === 'public' || permission === 'authenticated' || actor().permissions.has(permission)) return
  throw new AppError('FORBIDDEN', `This needs the permission ${permission}, which your role does not have.`)
}

/** Validates (unknown fields are errors), runs, and lets out what the output schema names and nothing else. */
export async function call(operation: AnyOperation, given: unknown): Promise<unknown> {
  const parsed = strict(operation.input).safeParse(given)
  if (!parsed.success) throw inputInvalid(parsed.error)
  const result = await operation.run(parsed.data as never) // the operation's own input schema made it
  const output = operation.output.safeParse(result)
  if (output.success) return output.data
  throw new AppError('INTERNAL', 'The answer could not be put together.', { cause: output.error })
}

/** The input schema with unknown fields refused. */
export const strict = (schema: z.ZodType): z.ZodType => (schema instanceof z.ZodObject ? schema.strict() : schema)

/** What was wrong, by field: `details.fields` maps a path such as `rating` to its messages. */
export function fieldErrors(fields: Readonly<Record<string, readonly string[]>>): AppError {
  const names = Object.keys(fields).join(', ')
  return new AppError('INPUT_INVALID', `Not valid: ${names}.`, { details: { fields } })
}

function inputInvalid(error: z.ZodError): AppError {
  const fields = new Map<string, string[]>()
  const add = (field: string, message: string) => fields.set(field, [...(fields.get(field) ?? []), message])
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) add([...issue.path, key].join('.'), 'Unknown field.')
    else add(issue.path.join('.') || 'body', issue.message)
  }
  return fieldErrors(Object.fromEntries(fields))
}
