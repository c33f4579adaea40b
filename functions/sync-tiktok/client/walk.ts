import * as z from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { Answer } from './api.ts'
import { isRefusedParameter } from './failures.ts'

/** Where in a list. Plain JSON, so that it survives a crash. */
export const ListPlace = z.object({ page: z.int().min(1), page_size: z.int().min(1).max(1_000) })
export type ListPlace = z.output<typeof ListPlace>
/** Where in the report of these days. */
export const ReportPlace = ListPlace.extend({ since: z.iso.date(), until: z.iso.date() })
export type ReportPlace = z.output<typeof ReportPlace>

/** One page of nodes as they came, and where the next one begins; null after the last one. */
export type Step<P extends ListPlace> = { nodes: readonly unknown[]; fetchedAt: string; next: P | null }

type Route<P extends ListPlace> = {
  start: P
  ask: (place: P) => Promise<Answer>
  /** The list to read after this one; null when it was the last. */
  following: (place: P) => P | null
}

const whole = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number)
const List = z.object({
  list: z.array(z.unknown()),
  page_info: z.object({ page: whole, page_size: whole.pipe(z.number().min(1)), total_page: whole }),
})

/**
 * Pages by number. A stored page that TikTok refuses restarts its list. Throws PROVIDER_BAD_RESPONSE when another page comes
 * than was asked for, which reading would never get past.
 */
export async function* walk<P extends ListPlace>({ start, ask, following }: Route<P>): AsyncGenerator<Step<P>> {
  let place: P | null = start
  while (place) {
    const at: P = place
    let answer: Answer
    try {
      answer = await ask(at)
    } catch (error) {
      if (at !== start || at.page === 1 || !isRefusedParameter(error)) throw error
      place = { ...at, page: 1 }
      continue
    }
    const { list, page_info } = listOf(answer)
    const { page, page_size, total_page } = page_info
    if (page !== at.page) throw badPage(`TikTok sent page ${page} instead of ${at.page}.`)
    if (page_size > at.page_size) throw badPage('TikTok sent longer pages than were asked for.')
    place = page < total_page ? { ...at, page: page + 1, page_size } : following(at)
    yield { nodes: list, fetchedAt: answer.fetchedAt, next: place }
  }
}

function listOf({ data }: Answer): z.output<typeof List> {
  const list = List.safeParse(data)
  if (!list.success) throw badPage('TikTok answered something that is not a list.')
  return list.data
}

const badPage = (message: string): AppError => new AppError('PROVIDER_BAD_RESPONSE', message)
