import { EXPECTED } from './expected.ts'
import type { Result } from './suite.ts'

/** `not run`: the suite ticks the scenario off without having checked anything. */
export type Outcome = 'passed' | 'failed' | 'not run'
export type Verdict = Result & { outcome: Outcome; isExpected: boolean; says: string }

export function outcomeOf({ passed, failed }: Pick<Result, 'passed' | 'failed'>): Outcome {
  if (failed > 0) return 'failed'
  return passed > 0 ? 'passed' : 'not run'
}

/** A scenario must do exactly what is expected of it: one that passes by now loses its line in the table. */
export function judge(result: Result, expected: typeof EXPECTED = EXPECTED): Verdict {
  const outcome = outcomeOf(result)
  const line = expected[result.scenario]
  const isExpected = outcome === (line?.outcome ?? 'passed')
  if (isExpected) return { ...result, outcome, isExpected, says: line?.because ?? '' }
  const wanted = line ? `expected: ${line.outcome}; its line in expected.ts is out of date` : 'expected: passed'
  return { ...result, outcome, isExpected, says: [wanted, ...result.errors].join('; ') }
}

/** A run as lines of a table and a sum, and whether everything was as expected. */
export function summary(verdicts: readonly Verdict[]): { lines: string[]; isFine: boolean } {
  const count = (wanted: Outcome): number => verdicts.filter(({ outcome }) => outcome === wanted).length
  const surprises = verdicts.filter(({ isExpected }) => !isExpected).length
  const totals = `${verdicts.length} scenarios: ${count('passed')} passed, ${count('failed')} failed, ${count('not run')} NOT RUN; ${surprises} other than expected`
  return { lines: [...table(verdicts), '', totals], isFine: verdicts.length > 0 && surprises === 0 }
}

function table(verdicts: readonly Verdict[]): string[] {
  const rows = [
    ['scenario', 'passed', 'failed', 'warned', 'outcome', 'why'],
    ...verdicts.map(({ scenario, passed, failed, warned, outcome, isExpected, says }) => [
      scenario,
      ...[passed, failed, warned].map(String),
      `${outcome === 'not run' ? 'NOT RUN' : outcome}${isExpected ? '' : ' (!)'}`,
      says,
    ]),
  ]
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
