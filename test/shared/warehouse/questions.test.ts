import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { insertRows } from '../../../shared/warehouse/insert.ts'
import { accuracyByDay } from '../../../shared/warehouse/queries/accuracy.ts'
import { questionsAsked } from '../../../shared/warehouse/queries/who-asked.ts'
import { asSystem } from '../../support/tenants.ts'
import { eventRow } from './rows.ts'
import { useWarehouse } from './use-warehouse.ts'

const warehouse = useWarehouse()
const SPAN = { since: '2026-11-01T00:00:00.000Z', until: '2026-11-03T00:00:00.000Z' }

type Changes = Parameters<typeof eventRow>[0]
const of = (event_type: string, metadata: object, changes: Changes = {}) =>
  eventRow({ event_type, metadata: JSON.stringify(metadata), ...changes })
const asked = (question_id: string, question: string, changes: Changes = {}) =>
  of('ai.question_asked', { question_id, question, category: 'sales' }, changes)
const rated = (question_id: string, rating: number, changes: Changes = {}) =>
  of('ai.feedback_provided', { question_id, rating, was_actionable: null }, changes)

test('accuracy is of the day of the question, by model and category, each person’s last rating once', async () => {
  const tenantId = await warehouse.tenant()
  const [first, second, third, late] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()]
  const [ann, bob] = [uuidv7(), uuidv7()]
  const answered = (question_id: string) => of('ai.answer_generated', { question_id }, { model_used: 'm1' })
  const rows = [
    asked(first, 'How?'),
    asked(second, 'Why?'),
    asked(third, 'When?', { timestamp: '2026-11-02T23:59:59.999Z' }),
    asked(late, 'Where?', { timestamp: '2026-11-03T00:00:00.000Z' }),
    ...[first, second, late].map(answered),
    rated(first, 1, { user_id: ann, timestamp: '2026-11-01T11:00:00.000Z' }),
    rated(first, 5, { user_id: ann, timestamp: '2026-11-09T11:00:00.000Z' }),
    rated(first, 3, { user_id: bob }),
    rated(second, 4, { user_id: bob }),
    rated(late, 5, { user_id: bob }),
  ]
  await asSystem(tenantId, () => insertRows(tenantId, 'observability_events', [...rows, ...rows]))
  expect(await asSystem(tenantId, () => accuracyByDay(tenantId, SPAN))).toEqual([
    { day: '2026-11-01', model: 'm1', category: 'sales', questions: 2, ratings: 3, accurate: 2 },
    { day: '2026-11-02', model: null, category: 'sales', questions: 1, ratings: 0, accurate: 0 },
  ])
})

test('who asked what is found by user, brand, time and text, newest first, in the tenant’s own warehouse alone', async () => {
  const [tenantId, other] = [await warehouse.tenant(), await warehouse.tenant()]
  const [ann, bob, brand] = [uuidv7(), uuidv7(), uuidv7()]
  const rows = [
    asked('q1', 'What is 100 % of ROAS?', { user_id: ann, brand_id: brand }),
    asked('q2', 'Why roas?', { user_id: bob, timestamp: '2026-11-02T00:00:00.000Z' }),
    asked('q3', "Who's o'clock?", { user_id: ann, timestamp: '2026-11-03T00:00:00.000Z' }),
    eventRow({ user_id: ann }),
  ]
  await asSystem(tenantId, () => insertRows(tenantId, 'observability_events', rows))
  await asSystem(other, () => insertRows(other, 'observability_events', [asked('q4', 'roas', { user_id: ann })]))
  const find = async (changes: object) => {
    const found = await asSystem(tenantId, () => questionsAsked(tenantId, { ...SPAN, ...changes }))
    return found.map(({ question_id }) => question_id)
  }
  expect(await find({})).toEqual(['q2', 'q1'])
  expect(await find({ text: 'ROAS' })).toEqual(['q2', 'q1'])
  expect(await find({ text: '% of' })).toEqual(['q1'])
  expect(await find({ text: "'); drop" })).toEqual([])
  expect(await find({ user_id: ann })).toEqual(['q1'])
  expect(await find({ brand_id: brand, user_id: bob })).toEqual([])
  expect(await find({ since: '2026-11-02T00:00:00.000Z', until: '2026-11-04T00:00:00.000Z' })).toEqual(['q3', 'q2'])
  expect(await asSystem(tenantId, () => questionsAsked(tenantId, { ...SPAN, user_id: ann }))).toMatchObject([
    { asked_at: '2026-11-01T10:00:00.000Z', user_id: ann, brand_id: brand, question: 'What is 100 % of ROAS?' },
  ])
  await expect(asSystem(other, () => questionsAsked(tenantId, SPAN))).rejects.toMatchObject({ code: 'NO_ACTOR' })
})
