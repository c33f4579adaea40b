import * as z from 'zod'
import { blocksOf, type MessagesRequest, type Tool, textIn } from './request.ts'

/** A result as it was shown: references with value and label, and words of the store. */
const Shown = z.object({
  result: z.string(),
  tool: z.string(),
  figures: z.array(z.tuple([z.string(), z.string(), z.string()])),
  words: z.array(z.tuple([z.string(), z.string()])),
})
export type Shown = z.output<typeof Shown>
const About = z.object({
  brand: z.object({ brand_id: z.string(), name: z.string() }).optional(),
  brands: z.array(z.object({ brand_id: z.string(), name: z.string() })).optional(),
})

/** What the stand-in understands of a request. */
export type Talk = {
  question: string
  /** YYYY-MM-DD. */
  today: string
  brands: readonly { brand_id: string; name: string }[]
  tools: readonly Tool[]
  results: readonly Shown[]
  /** The server asked to write the answer again. */
  isRepair: boolean
  mayCall: boolean
  system: string
}

export function talkOf({ messages, tools, system, tool_choice }: MessagesRequest): Talk {
  const first = textIn(messages[0]?.content)
  const [, before = '', question = ''] = /^([\s\S]*?)\n\nQuestion: ([\s\S]*)$/.exec(first) ?? []
  const [told, ...known] = fencesIn(before)
  const about = About.safeParse(jsonIn(Fenced.safeParse(told).data?.about ?? ''))
  const last = messages.at(-1)
  const contents = messages.flatMap(({ content }) => blocksOf(content, 'tool_result'))
  return {
    question: question || first,
    today: /Today is (\d{4}-\d\d-\d\d)/.exec(before)?.[1] ?? new Date().toISOString().slice(0, 10),
    brands: about.data?.brands ?? (about.data?.brand ? [about.data.brand] : []),
    tools,
    results: [...known, ...contents.flatMap(({ content }) => fencesIn(String(content)))].flatMap(
      (found) => Shown.safeParse(found).data ?? [],
    ),
    isRepair: messages.length > 1 && /cannot be shown/.test(JSON.stringify(last?.content)),
    mayCall: tool_choice?.type !== 'none',
    system: textIn(system),
  }
}

const Fenced = z.object({ about: z.string() })
const fencesIn = (text: string): unknown[] =>
  [...text.matchAll(/<data>([\s\S]*?)<\/data>/g)].map(([, inside = '']) => jsonIn(inside))

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
