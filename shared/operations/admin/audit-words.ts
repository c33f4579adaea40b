import { type Sql, sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'
import { MOST_WORDS } from '../questions/words.ts'
import type { AuditQuery } from './audit-query.ts'

type Asked = Pick<AuditQuery, 'event_type' | 'text'>

/**
 * What each question that the text finds must have, the longest first; null where that is not asked for questions alone, or
 * says nothing: alternatives, nothing but what must not be there, or too many words to be worth merging.
 */
export async function requiredWords(db: Db, { event_type, text }: Asked): Promise<string[] | null> {
  if (event_type !== 'ai.question_asked' || !text) return null
  // What must not be there is left out by querytree().
  const row = await db.one<{ tree: string }>(sql`select querytree(websearch_to_tsquery('simple', ${text})) as tree`)
  const tree = row?.tree ?? ''
  if (/[|\\]|''/.test(tree)) return null
  const words = new Set([...tree.matchAll(/'([^']+)'/g)].flatMap(([, word]) => word ?? []))
  if (words.size === 0 || words.size > MOST_WORDS) return null
  return [...words].sort((a, b) => b.length - a.length)
}

/** Of the questions that have all of the words, newest first: recorded_at and event_id. */
export function rowsOf([first, ...others]: readonly string[], query: AuditQuery): Sql {
  const within = withinOf(query)
  const alsoHas = (word: string): Sql => sql`
    and exists (select from audit_words o where o.tenant_id = ${actor().tenantId} and o.word = ${word}
      and o.recorded_at = w.recorded_at and o.event_id = w.event_id${within})`
  return sql`
    select recorded_at, event_id from audit_words w where w.tenant_id = ${actor().tenantId} and w.word = ${first}${within}
      ${others.map(alsoHas).reduce((all, one) => sql`${all} ${one}`, sql``)}
    order by recorded_at desc, event_id desc`
}

const withinOf = ({ from, to, after, user_id, brand_id }: AuditQuery): Sql =>
  [
    sql`recorded_at >= ${from}::timestamptz`,
    to && sql`recorded_at < ${to}::timestamptz`,
    after && sql`recorded_at <= ${after[0]}::timestamptz`,
    user_id && sql`user_id = ${user_id}::uuid`,
    brand_id && sql`brand_id = ${brand_id}::uuid`,
  ].reduce<Sql>((all, condition) => (condition ? sql`${all} and ${condition}` : all), sql``)
