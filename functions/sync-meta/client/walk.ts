import * as z from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { isRefusedParameter, wantsLess } from './failures.ts'

const SMALLEST_LIMIT = 100

const List = z.object({
  data: z.array(z.unknown()),
  paging: z
    .object({ cursors: z.object({ after: z.string().min(1).optional() }).optional(), next: z.string().optional() })
    .optional(),
})

/** JSON as it came, and the instant (RFC 3339) before it was asked for: of two answers the one asked for later is newer. */
export type Answer = { json: unknown; fetchedAt: string }

/** Where in which list: without `after` its beginning. Plain JSON, so that it survives a crash. */
export type Place = { after?: string }

/** One page of nodes as they came, and where the next one begins; null after the last one. `waitMs`: not before that. */
export type Step<P extends Place> = { nodes: readonly unknown[]; fetchedAt: string; next: P | null; waitMs?: number }

export type Route<P extends Place> = {
  start: P
  /** Nodes a page. */
  limit: number
  ask: (place: P, limit: number) => Promise<Answer>
  beginning: (place: P) => P
  /** The list to read after this one; null when it was the last. */
  following: (place: P) => P | null
  /** A shorter list that begins where this one does; null when there is none. */
  shorter: (place: P) => P | null
}

/**
 * Pages by `cursors.after`. Where Meta asks for less data the pages are halved, then the lists; a stored cursor that it
 * no longer knows restarts its list. Throws PROVIDER_BAD_RESPONSE when the same cursor comes twice.
 */
export async function* walk<P extends Place>(route: Route<P>): AsyncGenerator<Step<P>> {
  const asked = new Set<string>()
  let call = { place: route.start, limit: route.limit }
  for (;;) {
    const { place, limit } = call
    asked.add(JSON.stringify(place))
    let page: Page
    try {
      page = pageOf(await route.ask(place, limit))
    } catch (error) {
      call = easierCall(route, call, error)
      continue
    }
    const { nodes, after, fetchedAt } = page
    const next = after === null ? route.following(place) : { ...place, after }
    if (next && asked.has(JSON.stringify(next))) throw badPage('Meta led back to a page that was read already.')
    yield { nodes, fetchedAt, next }
    if (!next) return
    call = { place: next, limit }
  }
}

type Call<P> = { place: P; limit: number }

/** What to try instead of a call that failed; throws its error when there is nothing. */
function easierCall<P extends Place>(route: Route<P>, { place, limit }: Call<P>, error: unknown): Call<P> {
  if (wantsLess(error)) {
    if (limit > SMALLEST_LIMIT) return { place, limit: Math.max(SMALLEST_LIMIT, Math.floor(limit / 2)) }
    const shorter = route.shorter(place)
    if (shorter) return { place: shorter, limit }
  }
  const stored = place === route.start && place.after !== undefined
  if (stored && isRefusedParameter(error)) return { place: route.beginning(place), limit }
  throw error
}

type Page = { nodes: readonly unknown[]; after: string | null; fetchedAt: string }

/** `next` only says that there is one: it carries the access token, so that it is neither followed nor kept. */
function pageOf({ json, fetchedAt }: Answer): Page {
  const list = List.safeParse(json)
  if (!list.success) throw badPage('Meta answered something that is not a list.')
  const { data: nodes, paging } = list.data
  if (paging?.next === undefined) return { nodes, after: null, fetchedAt }
  const after = paging.cursors?.after
  if (after === undefined) throw badPage('Meta announced a next page without a cursor.')
  return { nodes, after, fetchedAt }
}

const badPage = (message: string): AppError => new AppError('PROVIDER_BAD_RESPONSE', message)
