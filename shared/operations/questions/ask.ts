import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod'
import { type Beside, newBeside, settled } from '../../ai/charged-call.ts'
import { type Conclusion, type Conversation, converse, newState } from '../../ai/converse.ts'
import { clock } from '../../clock.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { fieldErrors } from '../call.ts'
import { readableOperations } from '../readable.ts'
import { line } from '../text.ts'
import { type About, readAbout } from './about.ts'
import { type Account, accountOf } from './account.ts'
import { Answer, Progress } from './answer.ts'
import { answerAgain, cacheKeyOf } from './answer-again.ts'
import { categoryOf } from './category.ts'
import { present } from './present.ts'
import { type Asked, storeAnswer, storeQuestion } from './store.ts'
import { toolsFrom } from './tools.ts'

const Input = z
  .object({
    id: z.uuid().optional().describe('Of the brand; without one the question is about all brands.'),
    brand_id: z.uuid().optional().describe('The same, for the paths that have no brand.'),
    question: line(1_000),
  })
  .meta({ examples: [{ question: 'Which campaign had the best ROAS last week?' }] })

export const ask = operation({
  name: 'ask',
  description:
    'Answers a question in words, from the data alone: every figure comes from a cell that the answer names, with its unit, days and marks. Asks back when the question is ambiguous, and refuses what it cannot prove. Asked for events it tells its steps, and the text once it is checked.',
  http: { method: 'post', path: ['/api/brands/{id}/ask', '/api/ask', '/api/questions'] },
  permission: 'ai:ask',
  surfaces: ['http'],
  input: Input,
  progress: Progress,
  output: Answer,
  run: async function* (input) {
    const begun = performance.now()
    const beside = newBeside()
    try {
      const { again, ...given } = await begin(input, beside)
      yield { type: 'question', question_id: given.asked.questionId } as const
      const answer = again ?? (yield* answered({ ...given, beside, begun }))
      yield { type: 'text', parts: answer.parts } as const
      return answer
    } finally {
      await settled(beside)
    }
  },
})

/** The question is on record, or refused, when this returns; a question that was answered already is answered again. */
async function begin({ id, brand_id, question }: z.output<typeof Input>, { following }: Beside) {
  if (id && brand_id && id !== brand_id) throw fieldErrors({ brand_id: ['Is not the brand of the path.'] })
  const brandId = id ?? brand_id ?? null
  const asked: Asked = { questionId: uuidv7(), brandId, question, category: categoryOf(question) }
  const cacheKey = await cacheKeyOf(asked)
  return transaction(
    async (db) => {
      const reading = readAbout(db, brandId)
      // Sent together: what a brand that is not there makes of the others is told by the first.
      const others = Promise.all([storeQuestion(db, asked), accountOf(db), answerAgain(db, asked, cacheKey)])
      others.catch(() => undefined)
      const about = await reading
      const [, account, again] = await others
      return { asked, about, cacheKey, account, again }
    },
    { aside: following },
  )
}

type Begun = { asked: Asked; about: About; account: Account; cacheKey: string; beside: Beside; begun: number }

async function* answered({
  asked,
  about,
  account,
  cacheKey,
  beside,
  begun,
}: Begun): AsyncGenerator<z.input<typeof Progress>, Answer> {
  const { questionId, brandId, question } = asked
  const conversation: Conversation = {
    question,
    context: about,
    tools: toolsFrom(readableOperations(), { brandId, names: about.names }),
    purpose: { operation: 'ask_question', questionId, brandId, ...account },
  }
  const state = newState(conversation, beside)
  // Until it concludes, whoever asked may go away at any step: then this is what is on record.
  let conclusion: Conclusion = { status: 'unavailable', reason: 'abandoned', parts: [], ...state }
  const answerNow = (): Answer => ({
    question_id: questionId,
    ...present(conclusion),
    category: asked.category,
    cached: false,
    answered_at: clock.now().toISOString(),
    generation_time_ms: Math.round(performance.now() - begun),
  })
  try {
    conclusion = about.isConnected ? yield* converse(conversation, state) : nothingConnected(state)
    return answerNow()
  } finally {
    const keep = conclusion.status === 'answered' ? cacheKey : null
    const firstStepMs = state.firstStepAt && Math.round(state.firstStepAt - begun)
    const given = { answer: answerNow(), brandId, cacheKey: keep, cachedFrom: null, firstStepMs }
    // The last call may still be being charged: nobody is shown an answer before it is.
    await Promise.all([transaction(async (db) => storeAnswer(db, given), { aside: beside.following }), beside.charging])
  }
}

const nothingConnected = ({ results, charges }: Pick<Conclusion, 'results' | 'charges'>): Conclusion => ({
  status: 'refused',
  reason: 'nothing_connected',
  parts: [],
  results,
  charges,
})
