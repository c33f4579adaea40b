import { ApiError } from './api-error.ts'
import { send } from './call.ts'
import type { Call, InputOf, OutputOf, ProgressOf } from './operation-types.ts'

type Listening<C extends Call> = { onStep: (step: ProgressOf<C>) => void; signal: AbortSignal }

/** Calls an operation that tells its steps on the way to its answer. Throws ApiError, also for what fails on the way. */
export async function follow<C extends Call>(
  call: C,
  input: InputOf<C>,
  { onStep, signal }: Listening<C>,
): Promise<OutputOf<C>> {
  const response = await send(call, input, { signal, accept: 'text/event-stream' })
  if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => null))
  if (!response.body) throw new ApiError(0, null)
  for await (const { type, data } of eventsOf(response.body)) {
    if (type === 'error') throw new ApiError(response.status, data)
    if (type === 'output') return data as OutputOf<C> // the operation's own schema checked it
    onStep(data as ProgressOf<C>) // so it did this
  }
  throw new ApiError(0, null)
}

type Event = { type: string; data: unknown }

/** Source: HTML Living Standard, 9.2.6; ours have one line of data each. */
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Event> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let waiting = ''
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const blocks = (waiting + next.value).split('\n\n')
      waiting = blocks.pop() ?? ''
      for (const block of blocks) yield eventOf(block)
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function eventOf(block: string): Event {
  const fields = new Map(block.split('\n').map((line) => [line.split(':', 1)[0] ?? '', line.replace(/^\w+: ?/, '')]))
  return { type: fields.get('event') ?? 'message', data: JSON.parse(fields.get('data') ?? 'null') }
}
