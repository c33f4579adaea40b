import { describe, expect, it } from 'vitest'
import { type ListPage, pagesOf, type ReadPage } from '../../../../functions/sync-shopify/client/lists.ts'
import type { Page, Range } from '../../../../shared/sync/connector.ts'

const LIMIT = 25_000
const START = Date.parse('2026-01-01T00:00:00Z')
const at = (second: number): string => new Date(START + second * 1000).toISOString()
const range = (more: Partial<Range> = {}): Range => ({ since: null, until: new Date(at(1e6)), resume: null, ...more })

type Row = { id: string; updatedAt: string }
const rows = (count: number, second: (index: number) => number): Row[] =>
  Array.from({ length: count }, (_, index) => ({ id: String(index), updatedAt: at(second(index)) }))

/** Serves a list as Shopify does: from `since` on, 250 a page, no row past the 25,000th. */
function listOf(all: readonly Row[], seen: string[]): ReadPage {
  const startOf = (since: string): number => all.findIndex(({ updatedAt }) => updatedAt >= since)
  return async ({ filter, after }) => {
    const since = /updated_at:>='([^']*)Z'/.exec(filter)?.[1]
    // A cursor is "<list's first row>+<row within the list>".
    const [start = 0, from = 0] = after?.split('+').map(Number) ?? [since === undefined ? 0 : startOf(since), 0]
    const end = Math.min(all.length - start, LIMIT)
    const page = all.slice(start + from, start + Math.min(from + 250, end))
    seen.push(...page.map(({ id }) => id))
    return pageOf(page, from + page.length < end ? `${start}+${from + page.length}` : null)
  }
}

const pageOf = (page: readonly Row[], endCursor: string | null): ListPage => ({
  rows: {},
  count: page.length,
  lastUpdatedAt: page.at(-1)?.updatedAt ?? null,
  pageInfo: { hasNextPage: endCursor !== null, endCursor },
})

async function readAll(read: ReadPage, asked = range()): Promise<Page[]> {
  const pages: Page[] = []
  for await (const page of pagesOf(asked, read)) pages.push(page)
  return pages
}

describe("Shopify's limit of 25,000 rows a list", () => {
  it.each([
    ['a change a second', (index: number) => index],
    ['a change a second from the beginning', (index: number) => Math.floor(index / 500)],
  ])('is passed without a gap: %s', async (_, second) => {
    const all = rows(60_001, second)
    const seen: string[] = []
    const pages = await readAll(listOf(all, seen))
    expect(new Set(seen).size).toBe(60_001)
    expect(seen.length).toBeLessThan(60_001 + 3 * 500)
    expect(pages.at(-1)?.resume).toBeNull()
  })

  it('cannot be passed within one second, and says so', async () => {
    await expect(
      readAll(
        listOf(
          rows(26_000, () => 0),
          [],
        ),
      ),
    ).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' })
  })
})

it('continues after any page as if nothing had happened', async () => {
  const all = rows(26_500, (index) => Math.floor(index / 3))
  const whole: string[] = []
  const pages = await readAll(listOf(all, whole))
  for (const stop of [0, 40, 98, 99, 100]) {
    const resume = pages[stop]?.resume ?? null
    const rest: string[] = []
    // It came through JSON, as a stored checkpoint does.
    await readAll(listOf(all, rest), range({ resume: JSON.parse(JSON.stringify(resume)) }))
    expect(rest).toEqual(whole.slice((stop + 1) * 250))
  }
})

it('starts again from a checkpoint that it does not understand', async () => {
  const seen: string[] = []
  await readAll(
    listOf(
      rows(3, (index) => index),
      seen,
    ),
    range({ resume: 'page 3' }),
  )
  expect(seen).toEqual(['0', '1', '2'])
})

it('asks for whole seconds, both ends cut alike', async () => {
  const filters: string[] = []
  const read: ReadPage = async ({ filter }) => {
    filters.push(filter)
    return pageOf([], null)
  }
  await readAll(
    read,
    range({ since: new Date('2026-11-01T00:00:00.900Z'), until: new Date('2026-11-01T01:00:00.500Z') }),
  )
  await readAll(read, range({ until: new Date('2026-11-01T01:00:00Z') }))
  expect(filters).toEqual([
    "updated_at:>='2026-11-01T00:00:00Z' AND updated_at:<'2026-11-01T01:00:00Z'",
    "updated_at:<'2026-11-01T01:00:00Z'",
  ])
})

describe('a list that would never end is refused:', () => {
  const one = rows(1, () => 0)
  it.each([
    ['the same cursor again', ['a', 'a']],
    ['a cursor of some pages ago', ['a', 'b', 'c', 'a']],
    ['no cursor at all', ['a', null]],
  ])('%s', async (_, cursors) => {
    let page = -1
    const read: ReadPage = async () => {
      page += 1
      return { ...pageOf(one, null), pageInfo: { hasNextPage: true, endCursor: cursors[page] ?? null } }
    }
    await expect(readAll(read)).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' })
    expect(page).toBe(cursors.length - 1)
  })

  it('an empty page that leads back to itself after a restart', async () => {
    const read: ReadPage = async () => ({ ...pageOf([], 'here') })
    await expect(readAll(read, range({ resume: { after: 'here', seen: 10 } }))).rejects.toMatchObject({
      code: 'PROVIDER_BAD_RESPONSE',
    })
  })
})
