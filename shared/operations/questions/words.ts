import { type Sql, sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'

/** Of a search, each once, the longest first. */
export async function wordsIn(db: Db, search: string): Promise<string[]> {
  const rows = await db.query<{ word: string }>(sql`
    select word from unnest(search_words(${search})) as word group by word order by length(word) desc, word`)
  return rows.map(({ word }) => word)
}

/** Each is a list to join, and makes the plan longer to find: a search of more is answered by reading the questions. */
export const MOST_WORDS = 6

/** Of the questions that have all of the words, newest first. `within`: conditions on asked_at and question_id. */
export async function idsWithWords(
  db: Db,
  [first, ...others]: readonly string[],
  { within, limit }: { within: Sql; limit: number },
): Promise<string[]> {
  const rows = await mergingLists<{ question_id: string }>(
    db,
    sql`
      select question_id from ai_question_words w where w.tenant_id = ${actor().tenantId} and w.word = ${first} ${within}
        ${others.map((word) => alsoHas(word, within)).reduce((all, one) => sql`${all} ${one}`, sql``)}
      order by asked_at desc, question_id desc limit ${limit}`,
  )
  return rows.map(({ question_id }) => question_id)
}

const alsoHas = (word: string, within: Sql): Sql =>
  sql`and exists (select from ai_question_words o where o.tenant_id = ${actor().tenantId} and o.word = ${word}
    and o.asked_at = w.asked_at and o.question_id = w.question_id ${within})`

/** The rows of a select that merges lists of words. */
export async function mergingLists<Row>(db: Db, select: Sql): Promise<Row[]> {
  const [, rows] = await Promise.all([planFor(db, 'lists'), db.query<Row>(select), planFor(db, 'anything')])
  return rows
}

/**
 * For what follows in the transaction. Lists that are in order are merged or looked up, and left at the last row wanted; the planner,
 * who does not know that words meet, would hash all of two frequent ones (113 ms for 51 of 100,000 questions; 1.3 merged). How
 * often a word is decides the rest, so the plan is made for these words (24 ms by a plan for any; 1.2).
 */
const planFor = (db: Db, what: 'lists' | 'anything'): Promise<unknown> => {
  const [hashJoin, mode] = what === 'lists' ? ['off', 'force_custom_plan'] : ['on', 'auto']
  return db.query(sql`
    select set_config('enable_hashjoin', ${hashJoin}, true), set_config('plan_cache_mode', ${mode}, true)`)
}
