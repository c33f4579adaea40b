import {
  type Adjustment,
  AdjustmentsPart,
  FirstAndLastVisitPart,
  type Line,
  LinesPart,
  type Moment,
  MomentsPart,
  type Refund,
  RefundPart,
} from '../rows/nodes.ts'
import { parsed } from '../rows/scalars.ts'
import { nextCursor, type Part } from './lists.ts'
import { PARTS } from './queries.ts'

/** Where the rest of a list goes, and what to do when its order is gone. */
export type Target<T> = { id: string; gone: () => void; into: T[] }

export function linesPart(target: Target<Line> & { taxes: boolean }, after: string): Part {
  const { id, gone, taxes, into } = target
  const take = (node: unknown): Part | null => {
    const page = parsed(LinesPart, node).lineItems
    into.push(...page.nodes)
    const next = nextCursor(page, after)
    return next === null ? null : linesPart(target, next)
  }
  return { id, gone, after, query: PARTS.lines(taxes), take }
}

export function momentsPart(target: Target<Moment>, after: string | null): Part {
  const { id, gone, into } = target
  const take = (node: unknown): Part | null => {
    const page = parsed(MomentsPart, node).customerJourneySummary?.moments
    if (!page) return null
    into.push(...page.nodes)
    const next = nextCursor(page, after)
    return next === null ? null : momentsPart(target, next)
  }
  return { id, gone, after, query: PARTS.moments, take }
}

/** Older orders know their first and last visit alone. */
export function firstAndLastPart({ id, gone, into }: Target<Moment>): Part {
  const take = (node: unknown): null => {
    const summary = parsed(FirstAndLastVisitPart, node).customerJourneySummary
    into.push(...[summary?.firstVisit, summary?.lastVisit].filter((visit) => visit != null))
    return null
  }
  return { id, gone, after: null, query: PARTS.firstAndLastVisit, take }
}

export function refundPart(target: Target<Refund>, after: string | null): Part {
  const { id, gone, into } = target
  const take = (node: unknown): Part | null => {
    const { refundLineItems: page, orderAdjustments, ...refund } = parsed(RefundPart, node)
    const known = into.find((one) => one.id === id)
    const adjustments = known?.adjustments ?? orderAdjustments.nodes
    if (known) known.lines.push(...page.nodes)
    else into.push({ ...refund, lines: page.nodes, adjustments })
    const next = nextCursor(page, after)
    if (next !== null) return refundPart(target, next)
    const moreAdjustments = nextCursor(orderAdjustments, null)
    return moreAdjustments === null ? null : adjustmentsPart({ id, gone, into: adjustments }, moreAdjustments)
  }
  return { id, gone, after, query: PARTS.refund, take }
}

function adjustmentsPart(target: Target<Adjustment>, after: string): Part {
  const { id, gone, into } = target
  const take = (node: unknown): Part | null => {
    const page = parsed(AdjustmentsPart, node).orderAdjustments
    into.push(...page.nodes)
    const next = nextCursor(page, after)
    return next === null ? null : adjustmentsPart(target, next)
  }
  return { id, gone, after, query: PARTS.adjustments, take }
}
