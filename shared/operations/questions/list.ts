import { z } from 'zod'
import { type Sql, sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { text } from '../text.ts'
import { Instant } from '../wire.ts'
import { CATEGORIES } from './category.ts'
import { COLUMNS, JOINS, Question, type QuestionRow, questionOnWire, visible } from './question.ts'

/** With microseconds: a Date would lose them and the page its place. */
const Key = z.tuple([Instant, z.uuid()])
const Input = PageInput.extend({
  brand_id: z.uuid().optional(),
  user_id: z.uuid().optional().describe('Who asked; others than oneself for administrators.'),
  category: z.enum(CATEGORIES).optional(),
  since: Instant.optional(),
  until: Instant.optional().describe('Exclusive.'),
  search: text(200).optional().describe('Words that are all in the question; case and accents do not count.'),
})
type Row = QuestionRow & { sort_key: string }

export const listQuestions = operation({
  name: 'list_questions',
  description:
    'Questions that were asked, with what was answered, newest first: one’s own, and for administrators everybody’s.',
  http: { method: 'get', path: '/api/questions' },
  permission: 'ai:ask',
  surfaces: ['http'],
  input: Input,
  output: z.object({ questions: z.array(Question), next_cursor: NextCursor }),
  run: async (input) => {
    const found = await transaction((db) => db.query<Row>(selectQuestions(input)))
    const { rows, next_cursor } = pageOf(found, input.limit, (row) => [row.sort_key, row.id])
    return { questions: rows.map(({ sort_key: _, ...row }) => questionOnWire(row)), next_cursor }
  },
})

/** One row more than the page has; only what was asked for stands in the text, so that a plan can use its index. */
function selectQuestions({ limit, cursor, ...asked }: z.output<typeof Input>): Sql {
  const after = decodeCursor(Key, cursor)
  const when = (given: unknown, condition: Sql): Sql => (given === undefined ? sql`` : condition)
  return sql`
    select ${COLUMNS}, to_char(q.asked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as sort_key
    from (select * from ai_questions q where q.tenant_id = ${actor().tenantId} ${visible()}
      ${when(asked.brand_id, sql`and q.brand_id = ${asked.brand_id}::uuid`)}
      ${when(asked.user_id, sql`and q.asked_by = ${asked.user_id}::uuid`)}
      ${when(asked.category, sql`and q.question_category = ${asked.category}`)}
      ${when(asked.since, sql`and q.asked_at >= ${asked.since}::timestamptz`)}
      ${when(asked.until, sql`and q.asked_at < ${asked.until}::timestamptz`)}
      ${when(asked.search, sql`and q.words @@ (select coalesce(string_agg(word, ' & '), '')::tsquery from unnest(search_words(${asked.search})) as word)`)}
      ${after === null ? sql`` : behind(after)}
      order by q.asked_at desc, q.question_id desc limit ${limit + 1}) q
    ${JOINS} order by q.asked_at desc, q.question_id desc`
}

/** Two plain comparisons: one of rows could not use the index under row-level security. */
const behind = ([askedAt, id]: z.output<typeof Key>): Sql =>
  sql`and q.asked_at <= ${askedAt}::timestamptz and (q.asked_at < ${askedAt}::timestamptz or q.question_id < ${id}::uuid)`
