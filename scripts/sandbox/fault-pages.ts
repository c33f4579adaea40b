import type { Context } from 'hono'
import type { Asked } from './requests.ts'

/** The last page served for each list, kept while a fault waits for it. */
export type PageMemory = Map<string, string>

type Container = Record<string, unknown>
const isContainer = (value: unknown): value is Container =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object that holds a page's way onward, and under which name: all that differs between providers. */
type PagePart = (body: Container) => { container: Container; name: string } | null

const PAGE_PARTS: Readonly<Record<string, PagePart>> = {
  shopify: ({ data }) => {
    const lists = isContainer(data) ? Object.values(data).filter(isContainer) : []
    const container = lists.find(({ pageInfo }) => isContainer(pageInfo))
    return container ? { container, name: 'pageInfo' } : null
  },
  meta: (body) => (isContainer(body.paging) ? { container: body, name: 'paging' } : null),
  tiktok: ({ data }) =>
    isContainer(data) && isContainer(data.page_info) ? { container: data, name: 'page_info' } : null,
}

/** A stream has no way onward: faults of its pages would strike nothing, and say that they did. */
export const hasPages = (provider: string): boolean => provider in PAGE_PARTS

const keyOf = ({ provider, operation, path }: Asked): string => `${provider} ${operation} ${path}`

function read(text: string): Container | null {
  try {
    const value: unknown = JSON.parse(text)
    return isContainer(value) ? value : null
  } catch {
    return null
  }
}

const wayOnward = (provider: string, text: string): unknown => {
  const body = read(text)
  const part = body && PAGE_PARTS[provider]?.(body)
  return part?.container[part.name]
}

export async function rememberPage(c: Context, { asked, memory }: { asked: Asked; memory: PageMemory }): Promise<void> {
  const text = await c.res.clone().text()
  if (wayOnward(asked.provider, text) !== undefined) memory.set(keyOf(asked), text)
}

/** The page before once more, or this page with a cursor that leads back to itself. */
export function faultyPage(
  kind: 'repeated_page' | 'cursor_loop',
  of: { text: string; asked: Asked; memory: PageMemory },
): string {
  const before = of.memory.get(keyOf(of.asked))
  if (kind === 'repeated_page') return before ?? of.text
  const body = read(of.text)
  const part = body && PAGE_PARTS[of.asked.provider]?.(body)
  if (!part) return of.text
  const own = part.container[part.name]
  const loop = before === undefined ? own : wayOnward(of.asked.provider, before)
  part.container[part.name] = isContainer(loop) && 'hasNextPage' in loop ? { ...loop, hasNextPage: true } : loop
  return JSON.stringify(body)
}
