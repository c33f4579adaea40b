import { progress, writeJson } from '../bench/report.ts'
import { judge } from './judge.ts'
import { type EvalOptions, HELP, readOptions } from './options.ts'
import { NOW, startEvalPlatform } from './platform.ts'
import { type QuestionSet, questionSet } from './questions.ts'
import { type Judged, labelOf, printReport } from './report.ts'

const isReal = Boolean(process.env.ANTHROPIC_API_KEY)

function options(): EvalOptions {
  try {
    const read = readOptions(process.argv.slice(2))
    if (read !== 'help') return read
    console.log(HELP)
    process.exit(0)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(2)
  }
}

/** What is wrong with the plumbing, in words. */
async function run(chosen: EvalOptions): Promise<string[]> {
  const set = questionSet(chosen)
  const platform = await startEvalPlatform(chosen, progress)
  try {
    for (const planted of set.planted) await platform.rename(planted)
    const questions = set.questions.slice(0, chosen.questions ?? set.questions.length)
    const judged: Judged[] = []
    for (const question of questions) {
      const asked = await platform.ask(question)
      const verdict = judge({ question, answer: asked.answer, truth: truthOf(set, question.brand) })
      judged.push({ ...asked, question, verdict })
      progress(
        `${judged.length}/${questions.length} ${verdict.outcome.padEnd(10)} ${question.brand ?? question.tenant}: ${question.text}`,
      )
    }
    printReport(judged, isReal)
    console.log(`seeds: stores ${chosen.seed}, ${chosen.orders} orders a brand, clock ${NOW.toISOString()}`)
    await writeJson(chosen.json, {
      label: labelOf(isReal),
      seed: chosen.seed,
      orders: chosen.orders,
      clock: NOW,
      results: judged,
    })
    return problemsIn(judged)
  } finally {
    await platform.stop()
  }
}

const truthOf = ({ truths }: QuestionSet, brand: string | null) => (brand === null ? null : (truths.get(brand) ?? null))

function problemsIn(judged: readonly Judged[]): string[] {
  const asked = ({ question }: Judged): string => `${question.brand ?? question.tenant}: ${question.text}`
  return judged.flatMap((one) => [
    ...one.verdict.false_figures.map((figure) => `FALSE   ${asked(one)} ${figure}`),
    ...(one.answer.status === 'unavailable' ? [`FAILED  ${asked(one)} ${one.answer.reason}`] : []),
  ])
}

const problems = await run(options())
for (const problem of problems) console.log(problem)
process.exit(problems.length > 0 ? 1 : 0)
