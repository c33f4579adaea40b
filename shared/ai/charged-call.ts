import { setTimeout as delay } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import { clock } from '../clock.ts'
import { config } from '../config.ts'
import { type Sql, sql } from '../db/sql.ts'
import { type Db, transaction } from '../db/transaction.ts'
import { recordLast } from '../events/record.ts'
import { actor } from '../tenant.ts'
import { reserve, settle } from './budget.ts'
import type { Called, Prompt } from './client.ts'
import { type Cost, costOf, dearestPrice, type Price, type PriceList, priceOf } from './prices.ts'
import type { Reason } from './reason.ts'
import { allTokens, estimatedTokens, MAX_OUTPUT_TOKENS, NOTHING_USED, type Usage } from './usage.ts'

/**
 * What a call is made for, and on whose account, at the prices of the moment. `limitUsd`: the tenant's budget of the month;
 * `share`: how far of it such calls may fill it (default: all of it).
 */
export type Purpose = {
  operation: 'dashboard_summary' | 'ask_question' | 'recommendations' | 'alert_explanation'
  questionId: string | null
  brandId: string | null
  prices: PriceList
  limitUsd: string
  share?: number
}

/** A call as it was charged; cost null: the price is unknown. */
export type Charge = { model: string; usage: Usage; costUsd: string | null; outcome: 'complete' | 'cut' | 'failed' }
export type Outcome = { charges: Charge[] } & (
  | { message: NonNullable<Called['message']>; reason: null }
  | { message: null; reason: Reason }
)

/**
 * What goes on beside the conversation, so that nobody waits for it twice: the last call being charged, and what follows
 * commits. Whoever began the conversation awaits settled() before the request ends.
 */
export type Beside = { charging: Promise<void>; following: Promise<void>[] }

export const newBeside = (): Beside => ({ charging: Promise.resolve(), following: [] })

/** Every call is charged and every fact on its way. Throws where a call could not be charged. */
export async function settled({ charging, following }: Beside): Promise<void> {
  await charging
  await Promise.all(following)
}

type Asked = { key: string; prompt: Prompt; signal: AbortSignal; purpose: Purpose; beside: Beside }

/**
 * Asks the model, and the fallback when that fails: two tries in all, each within the budget and charged for itself. No call is
 * made before the one before it is charged.
 */
export async function askModel(asked: Asked): Promise<Outcome> {
  const charges: Charge[] = []
  const models = [config('AI_MODEL'), config('AI_FALLBACK_MODEL')]
  for (const [at, model] of models.entries()) {
    const tried = await tryModel(model, asked)
    if (tried === null) return { charges, message: null, reason: 'budget_exhausted' }
    charges.push(tried.charge)
    const { message, fault } = tried.called
    if (fault === null) return { charges, message, reason: null }
    if (asked.signal.aborted) return { charges, message: null, reason: 'too_late' }
    if (!fault.again || at === models.length - 1) return { charges, message: null, reason: fault.reason }
    await delay(fault.waitMs)
  }
  return { charges, message: null, reason: 'provider_unavailable' }
}

/** null: the budget does not allow it. */
async function tryModel(model: string, asked: Asked): Promise<{ called: Called; charge: Charge } | null> {
  const callId = uuidv7()
  const { prices, limitUsd, share = 1 } = asked.purpose
  const { beside, purpose } = asked
  await beside.charging
  if (!(await reserve({ callId, usd: mostUsd(prices, model, asked.prompt), limitUsd, share }))) return null
  const { callModel } = await import('./client.ts') // with Anthropic's SDK, which most requests do not need
  const called = await callModel({ ...asked, model, prompt: portable(asked.prompt, model) })
  const { charge, cost } = chargeFor(called, prices)
  beside.charging = transaction((db) => book(db, { callId, charge, cost, purpose }), { aside: beside.following })
  beside.charging.catch(() => undefined) // awaited before the next call, and by settled(); until then it is not unhandled
  return { called, charge }
}

/** Thinking is bound to the model that thought: another one refuses it. Source: platform.claude.com, models, 2026-10 */
const portable = (prompt: Prompt, model: string): Prompt => {
  if (model === config('AI_MODEL')) return prompt
  const messages = prompt.messages.map((message) =>
    message.role === 'assistant' && Array.isArray(message.content)
      ? {
          ...message,
          content: message.content.filter(({ type }) => type !== 'thinking' && type !== 'redacted_thinking'),
        }
      : message,
  )
  return { ...prompt, messages }
}

/** Everything that is sent, written to the cache, and the longest answer. */
function mostUsd(prices: PriceList, model: string, prompt: Prompt): string {
  const tokens = estimatedTokens(JSON.stringify(prompt))
  const usage = { ...NOTHING_USED, cacheWrite5m: tokens, output: MAX_OUTPUT_TOKENS }
  const price = priceOf(prices, model, usage) ?? dearestPrice(prices)
  return price === null ? '0' : costOf(usage, price).total
}

function chargeFor({ model, usage, fault }: Called, prices: PriceList): Pick<Booked, 'charge' | 'cost'> {
  const cost = costFor(usage, priceOf(prices, model, usage))
  const outcome = fault === null ? 'complete' : allTokens(usage) > 0 ? 'cut' : 'failed'
  return { charge: { model, usage, costUsd: cost?.total ?? null, outcome }, cost }
}

/** Nothing costs nothing, whatever the price. */
const costFor = (usage: Usage, price: Price | null): Cost | null => {
  if (price) return costOf(usage, price)
  return allTokens(usage) === 0 ? { input: '0', cache: '0', output: '0', total: '0' } : null
}

type Booked = { callId: string; charge: Charge; cost: Cost | null; purpose: Purpose }

/** The reservation becomes the cost, with the call's row and fact, in one transaction and once. */
async function book(db: Db, booked: Booked): Promise<void> {
  const { callId, charge, purpose } = booked
  if (!(await settle(db, { callId, costUsd: charge.costUsd, limitUsd: purpose.limitUsd }))) return
  db.last(usageRow(booked))
  recordCall(db, booked)
}

function usageRow({ callId, charge, cost, purpose }: Booked): Sql {
  const { usage, model, outcome } = charge
  return sql`
    insert into ai_token_usage (tenant_id, call_id, question_id, brand_id, operation, model, outcome, input_tokens,
      cache_write_5m_tokens, cache_write_1h_tokens, cache_read_tokens, output_tokens, input_cost_usd, cache_cost_usd,
      output_cost_usd, total_cost_usd, called_at)
    values (${actor().tenantId}, ${callId}, ${purpose.questionId}, ${purpose.brandId}, ${purpose.operation}, ${model},
      ${outcome}, ${usage.input}, ${usage.cacheWrite5m}, ${usage.cacheWrite1h}, ${usage.cacheRead}, ${usage.output},
      ${cost?.input ?? null}, ${cost?.cache ?? null}, ${cost?.output ?? null}, ${cost?.total ?? null}, ${clock.now()})`
}

function recordCall(db: Db, { callId, charge, cost, purpose }: Booked): void {
  const { usage, model, outcome } = charge
  recordLast(db, 'ai.tokens_used', {
    data: {
      call_id: callId,
      question_id: purpose.questionId,
      operation: purpose.operation,
      outcome,
      input_tokens: usage.input,
      cache_write_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
      cache_read_tokens: usage.cacheRead,
      output_tokens: usage.output,
    },
    key: callId,
    status: outcome === 'complete' ? 'success' : 'failure',
    tokensUsed: allTokens(usage),
    modelUsed: model,
    ...(cost && { costUsd: cost.total }),
    ...(purpose.brandId && { brandId: purpose.brandId }),
  })
}
