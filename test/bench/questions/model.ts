import { setTimeout as delay } from 'node:timers/promises'
import { type Listening, listen } from '../../../scripts/local/listen.ts'
import { anthropicSandbox } from '../../../scripts/sandbox/anthropic.ts'

export type Model = Listening & {
  /** Begins a question whose answer takes so many turns that call tools. */
  begin: (toolTurns: number) => void
  /** Of the question under way, ms from a request's arrival to the last byte of its answer, all calls together. */
  waitedMs: () => number
}

/** The stand-in for Claude, in the process that measures, which thinks for `thinkingMs` before each answer. */
export async function timedModel(thinkingMs: number): Promise<Model> {
  const sandbox = anthropicSandbox()
  let question = { calls: 0, toolTurns: 1, waitedMs: 0 }
  const fetch = async (request: Request): Promise<Response> => {
    const arrivedAt = performance.now()
    question.calls += 1
    // Its planner is content with one turn of tools; a model in a loop calls one more.
    sandbox.behave({ mode: question.calls > 1 && question.calls <= question.toolTurns ? 'loop' : 'honest' })
    await delay(thinkingMs)
    const answer = await sandbox.fetch(request)
    const body = await answer.arrayBuffer()
    question.waitedMs += performance.now() - arrivedAt
    return new Response(body, answer)
  }
  return {
    ...(await listen(fetch, 0)),
    begin: (toolTurns) => {
      question = { calls: 0, toolTurns, waitedMs: 0 }
    },
    waitedMs: () => question.waitedMs,
  }
}
