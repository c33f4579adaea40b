import { toAppError } from '../errors.ts'
import { logError } from '../log.ts'
import { actor, runAs } from '../tenant.ts'
import type { HttpContext } from './context.ts'
import { errorBody } from './error-answer.ts'

type Steps = AsyncGenerator<unknown, unknown>
type Format = {
  type: string
  /** Characters that are gathered before they are sent. */
  gathered: number
  step: (yielded: unknown) => string
  end: (output: unknown) => string
  failed: (error: object) => string
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`
const event = (name: string, value: unknown): string => `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`

/** Rows, one a line; a failure after the first of them is a last line `{"error": …}`. */
export const NDJSON: Format = {
  type: 'application/x-ndjson',
  gathered: 16_384,
  step: line,
  end: () => '',
  failed: line,
}
/** Server-sent events: `progress` as it comes, then `output` or `error`. Source: WHATWG HTML, 9.2 */
export const EVENTS: Format = {
  type: 'text/event-stream',
  gathered: 1,
  step: (yielded) => event('progress', yielded),
  end: (output) => event('output', output),
  failed: (error) => event('error', error),
}

/**
 * Sends what the steps yield, as fast as the client reads; a client that goes away ends them. What fails before the first
 * step is answered as an error like any other.
 */
export async function answerStream(c: HttpContext, steps: Steps, format: Format): Promise<Response> {
  const headers = { 'Content-Type': format.type, 'Cache-Control': 'no-store' }
  if (c.req.method === 'HEAD') return c.body(null, 200, headers)
  const texts = textsOf(steps, await steps.next(), format)
  return c.body(bytesOf(texts, format.gathered), 200, headers)
}

async function* textsOf(steps: Steps, first: IteratorResult<unknown, unknown>, format: Format): AsyncGenerator<string> {
  try {
    let step = first
    for (; !step.done; step = await steps.next()) yield format.step(step.value)
    yield format.end(step.value)
  } catch (thrown) {
    logError('A stream failed on its way.', thrown)
    yield format.failed(errorBody(toAppError(thrown), actor().requestId))
  } finally {
    await steps.return(undefined)
  }
}

/** The client's reading asks for the next piece, outside of this call chain: the actor is given along. */
function bytesOf(texts: AsyncGenerator<string>, gathered: number): ReadableStream<Uint8Array> {
  const caller = actor()
  const encoder = new TextEncoder()
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    let text = ''
    while (text.length < gathered) {
      const next = await texts.next()
      if (next.done) break
      text += next.value
    }
    if (text === '') controller.close()
    else controller.enqueue(encoder.encode(text))
  }
  return new ReadableStream(
    {
      pull: (controller) => runAs(caller, () => pull(controller)),
      cancel: async () => void (await runAs(caller, () => texts.return(undefined))),
    },
    { highWaterMark: 0 },
  )
}
