/** One entry of a GraphQL answer's `errors`, as the Admin API writes it. */
export type ApiError = {
  message: string
  locations?: readonly { line: number; column: number }[]
  path?: readonly (string | number)[]
  extensions?: Record<string, unknown>
}

/** A query that cannot be answered; it carries the errors of the answer. */
export class QueryRejected extends Error {
  readonly errors: readonly ApiError[]

  constructor(errors: readonly ApiError[]) {
    super(errors[0]?.message ?? 'query rejected')
    this.errors = errors
  }
}

export const rejected = (message: string, extensions?: Record<string, unknown>): QueryRejected =>
  new QueryRejected([extensions ? { message, extensions } : { message }])

const UNKNOWN_FIELD = /^Cannot query field "(.+?)" on type "(.+?)"/
const UNKNOWN_ARGUMENT = /^Unknown argument "(.+?)" on field "(.+?)\.(.+?)"/
const UNKNOWN_VARIABLE = /^Variable "\$(.+?)" is not defined/

type Found = { message: string; locations?: readonly { line: number; column: number }[] | undefined }

/** Rewords a validation error of the graphql package into the Admin API's own words and codes. */
export function inShopifyWords({ message, locations }: Found): ApiError {
  const at = locations ? { locations } : {}
  const field = UNKNOWN_FIELD.exec(message)
  if (field) {
    const [, fieldName, typeName] = field
    return {
      ...at,
      message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
      extensions: { code: 'undefinedField', typeName, fieldName },
    }
  }
  const argument = UNKNOWN_ARGUMENT.exec(message)
  if (argument) {
    const [, argumentName, typeName, fieldName] = argument
    const text = `Field '${fieldName}' doesn't accept argument '${argumentName}'`
    return {
      ...at,
      message: text,
      extensions: { code: 'argumentNotAccepted', name: fieldName, typeName: 'Field', argumentName, parent: typeName },
    }
  }
  const variable = UNKNOWN_VARIABLE.exec(message)
  if (variable)
    return {
      ...at,
      message: `Variable $${variable[1]} is used but not declared`,
      extensions: { code: 'variableNotDefined', variableName: variable[1] },
    }
  return { ...at, message, extensions: { code: 'argumentLiteralsIncompatible' } }
}
