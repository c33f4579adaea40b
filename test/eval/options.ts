import { parseArgs } from 'node:util'

export const HELP = `Asks the AI questions whose answers are known from the generated shops' own files.

  npm run eval:ai -- [options]

  --questions N   ask so many, of all categories in turn (default: all)
  --json FILE     write every question with its answer, verdict, cost and time
  --seed S        of the generated stores (default eval)
  --orders N      of each brand (default 400)
  --help          this text

Starts a platform of its own, with two tenants and six brands, and asks over its API. With ANTHROPIC_API_KEY in the environment
Claude answers, and the accuracy is its own. Without it the stand-in answers, which plans by keywords: that is labelled
"plumbing, not accuracy". Exit 1: a call failed, or a figure was shown that the files contradict; the accuracy decides nothing.
`

export type EvalOptions = { questions: number | null; json: string | null; seed: string; orders: number }

/** Throws an Error that names the wrong option. */
export function readOptions(args: readonly string[]): EvalOptions | 'help' {
  const string = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      questions: string,
      json: string,
      seed: string,
      orders: string,
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  return {
    questions: values.questions === undefined ? null : positive('--questions', values.questions),
    json: values.json ?? null,
    seed: values.seed ?? 'eval',
    orders: positive('--orders', values.orders ?? '400'),
  }
}

function positive(option: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`${option} expects a whole number above 0, got "${text}".`)
  return value
}
