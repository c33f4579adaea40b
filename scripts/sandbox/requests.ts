import type { Context } from 'hono'

/** What a request asks for: the provider's mount, and the GraphQL root field or the last word of the path. */
export type Asked = { provider: string; operation: string; path: string }

const ROOT_FIELD = /^\s*(?:query\b[^{]*|mutation\b[^{]*)?\{\s*(?:\w+\s*:\s*)?(\w+)/

function graphqlOperation(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed !== 'object' || parsed === null || !('query' in parsed)) return 'unknown'
    return ROOT_FIELD.exec(String(parsed.query))?.[1] ?? 'unknown'
  } catch {
    return 'unknown'
  }
}

/** `act_1` and other ids are no operation, nor is TikTok's `get`: the last path segment that is neither is. */
const pathOperation = (path: string): string =>
  path.split('/').findLast((segment) => segment !== '' && segment !== 'get' && !/\d{3}/.test(segment)) ?? 'root'

export async function askedBy(c: Context): Promise<Asked> {
  const { path } = c.req
  const provider = path.split('/')[1] ?? ''
  const operation = path.endsWith('/graphql.json') ? graphqlOperation(await c.req.text()) : pathOperation(path)
  return { provider, operation, path }
}

/** Requests served since the last reset, by provider and operation. */
export type RequestCounts = {
  count(asked: Asked): void
  read(): Record<string, Record<string, number>>
  reset(): void
}

export function requestCounts(): RequestCounts {
  const counts = new Map<string, Map<string, number>>()
  return {
    count: ({ provider, operation }) => {
      const operations = counts.get(provider) ?? new Map<string, number>()
      operations.set(operation, (operations.get(operation) ?? 0) + 1)
      counts.set(provider, operations)
    },
    read: () =>
      Object.fromEntries([...counts].map(([provider, operations]) => [provider, Object.fromEntries(operations)])),
    reset: () => counts.clear(),
  }
}
