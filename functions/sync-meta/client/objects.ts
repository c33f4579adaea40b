import * as z from 'zod'
import type { Json } from '../../../shared/sync/connector.ts'
import { AD_SET_FIELDS, CAMPAIGN_FIELDS } from '../rows/nodes.ts'
import { AD_SET_STATUSES, CAMPAIGN_STATUSES } from '../rows/objects.ts'
import { isRefusedParameter } from './failures.ts'
import type { Source } from './graph.ts'
import { type Answer, type Step, walk } from './walk.ts'

const PAGE = 200
const DELETED_NOT_LISTED = 1815001

const ObjectPlace = z.object({ after: z.string().exactOptional() })
export type ObjectPlace = z.output<typeof ObjectPlace>

/** What an ad account holds, and the states that Meta lists only when they are asked for. */
type Kind = { edge: string; fields: string; statuses: readonly string[] }
export const CAMPAIGNS: Kind = { edge: 'campaigns', fields: CAMPAIGN_FIELDS, statuses: CAMPAIGN_STATUSES }
export const AD_SETS: Kind = { edge: 'adsets', fields: AD_SET_FIELDS, statuses: AD_SET_STATUSES }

/** All of one kind, in Meta's order, ≤ 200 a page; the deleted ones too, where the account can list them. */
export function walkObjects(
  { graph, account }: Source,
  { edge, fields, statuses: every }: Kind,
  resume: Json | null,
): AsyncIterable<Step<ObjectPlace>> {
  let statuses = every
  const list = (place: ObjectPlace, limit: number): Promise<Answer> => {
    const query = { fields, effective_status: JSON.stringify(statuses), limit: String(limit), ...place }
    return graph({ path: `${account}/${edge}`, query })
  }
  return walk<ObjectPlace>({
    start: ObjectPlace.safeParse(resume).data ?? {},
    limit: PAGE,
    ask: (place, limit) =>
      list(place, limit).catch((error: unknown) => {
        if (!isRefusedParameter(error, DELETED_NOT_LISTED) || statuses !== every) throw error
        statuses = every.filter((status) => status !== 'DELETED')
        return list(place, limit)
      }),
    beginning: () => ({}),
    following: () => null,
    shorter: () => null,
  })
}
