import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'

const AXE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'))
const SERIOUS = ['serious', 'critical']

type Violation = { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }

/** What axe calls serious or critical on the page as it stands, one line each. */
export async function seriousIn(page: Page): Promise<string[]> {
  await page.waitForLoadState('networkidle')
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(await readFile(AXE, 'utf8'))
  const violations = await page.evaluate<Violation[]>('axe.run().then(({ violations }) => violations)')
  return violations
    .filter(({ impact }) => SERIOUS.includes(impact))
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target} ${failureSummary}`))
}
