import * as z from 'zod'
import { type Sql, sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { text } from '../text.ts'
import { Instant } from '../wire.ts'
import { CATEGORIES } from './category.ts'
import { COLUMNS, JOINS, Question, type QuestionRow, questionOnWire, visible } from './question.ts'
import { idsWithWords, MOST_WORDS, wordsIn } from './words.ts'

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
    const found = await transaction((db) => find(db, input))
    const { rows, next_cursor } = pageOf(found, input.limit, (row) => [row.sort_key, row.id])
    return { questions: rows.map(({ sort_key: _, ...row }) => questionOnWire(row)), next_cursor }
  },
})

type Asked = z.output<typeof Input>
const when = (given: unknown, condition: Sql): Sql => (given === undefined ? sql`` : condition)

/** One row more than the page has. */
async function find(db: Db, asked: Asked): Promise<Row[]> {
  const words = asked.search === undefined ? null : await wordsIn(db, asked.search)
  if (words?.length === 0) return []
  if (words === null || words.length > MOST_WORDS || isNarrow(asked))
    return db.query<Row>(shown(page(asked, words ?? [])))
  const ids = await idsWithWords(db, words, { within: within(asked), limit: asked.limit + 1 })
  if (ids.length === 0) return []
  return db.query<Row>(
    shown(sql`select * from ai_questions where tenant_id = ${actor().tenantId} and question_id = any(${ids}::uuid[])`),
  )
}

/** Of few enough questions to read each; only an administrator can ask for all of them. */
const isNarrow = ({ brand_id, user_id, category }: Asked): boolean =>
  brand_id !== undefined || user_id !== undefined || category !== undefined || !actor().permissions.has('admin:manage')

const shown = (questions: Sql): Sql => sql`
  select ${COLUMNS}, to_char(q.asked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as sort_key
  from (${questions}) q ${JOINS} order by q.asked_at desc, q.question_id desc`

/** Only what was asked for stands in the text, so that a plan can use its index. */
const page = (asked: Asked, words: readonly string[]): Sql => sql`
  select * from ai_questions q where q.tenant_id = ${actor().tenantId} ${visible()}
    ${when(asked.brand_id, sql`and q.brand_id = ${asked.brand_id}::uuid`)}
    ${when(asked.user_id, sql`and q.asked_by = ${asked.user_id}::uuid`)}
    ${when(asked.category, sql`and q.question_category = ${asked.category}`)}
    ${when(words[0], sql`and q.words @@ ${words.join(' & ')}::tsquery`)}
    ${within(asked)} order by q.asked_at desc, q.question_id desc limit ${asked.limit + 1}`

/** Conditions on asked_at and question_id. */
function within({ since, until, cursor }: Asked): Sql {
  const after = decodeCursor(Key, cursor)
  return sql`${when(since, sql`and asked_at >= ${since}::timestamptz`)}
    ${when(until, sql`and asked_at < ${until}::timestamptz`)} ${after === null ? sql`` : behind(after)}`
}

/** Two plain comparisons: one of rows could not use the index under row-level security. */
const behind = ([askedAt, id]: z.output<typeof Key>): Sql =>
  sql`and asked_at <= ${askedAt}::timestamptz and (asked_at < ${askedAt}::timestamptz or question_id < ${id}::uuid)`
