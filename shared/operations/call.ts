import * as z from 'zod'
import { AppError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import { actor } from '../tenant.ts'

/** Any operation, whatever its schemas; run through call() and steps() alone, which prove the input. */
export type AnyOperation = Omit<Operation, 'run'> & {
  run: (input: never) => Promise<unknown> | AsyncGenerator<unknown, unknown>
}

/** Whether the actor may call it. */
export const isPermitted = ({ permission }: Pick<AnyOperation, 'permission'>): boolean =>
  permission === 'public' || permission === 'authenticated' || actor().permissions.has(permission)

/** Throws FORBIDDEN unless the actor may call it. */
export function requirePermission({ permission }: Pick<AnyOperation, 'permission'>): void {
  if (isPermitted({ permission })) return
  throw new AppError('FORBIDDEN', `This needs the permission ${permission}, which you do not hold.`)
}

/** The signed-in person's user id. Throws FORBIDDEN for an API key: it must not make others that outlive it. */
export function requirePerson(): string {
  const { userId } = actor()
  if (userId !== null) return userId
  throw new AppError('FORBIDDEN', 'Only a person may do this: sign in instead of using an API key.')
}

/** Validates (unknown fields are errors), runs, and lets out what the output schema names and nothing else. */
export async function call(operation: AnyOperation, given: unknown): Promise<unknown> {
  const running = steps(operation, given)
  let step = await running.next()
  while (!step.done) step = await running.next()
  return step.value
}

/**
 * As call(), with everything on the way: yields what `progress` names (of a stream of rows: the rows), returns the output.
 * Whoever stops asking ends the operation, with its transaction.
 */
export async function* steps(operation: AnyOperation, given: unknown): AsyncGenerator<unknown, unknown> {
  const running = operation.run(validInput(operation, given) as never) // the operation's own input schema made it
  if (!(Symbol.asyncIterator in running)) return shown(operation.output, await running)
  const schema = operation.produces ? operation.output : (operation.progress ?? z.never())
  try {
    let step = await running.next()
    for (; !step.done; step = await running.next()) yield shown(schema, step.value)
    return operation.produces ? undefined : shown(operation.output, step.value)
  } finally {
    await running.return(undefined)
  }
}

/** What the operation's input schema makes of it. Throws INPUT_INVALID, also for unknown fields. */
export function validInput({ input }: Pick<AnyOperation, 'input'>, given: unknown): unknown {
  const parsed = strict(input).safeParse(given)
  if (!parsed.success) throw inputInvalid(parsed.error)
  return parsed.data
}

function shown(schema: z.ZodType, made: unknown): unknown {
  const output = schema.safeParse(made)
  if (output.success) return output.data
  throw new AppError('INTERNAL', 'The answer could not be put together.', { cause: output.error })
}

/** Made once of each: a new schema compiles itself anew, which takes longer than most requests. */
const stricts = new WeakMap<z.ZodType, z.ZodType>()

/** The input schema with unknown fields refused. */
export function strict(schema: z.ZodType): z.ZodType {
  const made = stricts.get(schema) ?? (schema instanceof z.ZodObject ? schema.strict() : schema)
  stricts.set(schema, made)
  return made
}

/** What was wrong, by field: `details.fields` maps a path such as `rating` to its messages. */
export function fieldErrors(fields: Readonly<Record<string, readonly string[]>>): AppError {
  const names = Object.keys(fields).join(', ')
  return new AppError('INPUT_INVALID', `Not valid: ${names}.`, { details: { fields } })
}

/** What a schema refused, by field. */
export function inputInvalid(error: z.ZodError): AppError {
  const fields = new Map<string, string[]>()
  const add = (field: string, message: string) => fields.set(field, [...(fields.get(field) ?? []), message])
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) add([...issue.path, key].join('.'), 'Unknown field.')
    else add(issue.path.join('.') || 'body', issue.message)
  }
  return fieldErrors(Object.fromEntries(fields))
}
