import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { openBrowser } from './chromium.ts'
import { OPERATOR_PAGES, OUTSIDE, PAGES } from './paths.ts'
import { loginOf, usePlatform } from './platform.ts'
import { openPage, signIn } from './watched-page.ts'

const HELP = `Takes a picture of every page, to be looked at by eye.

  npm run screenshots -- --to DIR [options]

  --to DIR        where the pictures go: <page>-<width>-<theme>.png
  --pages LIST    only these paths, such as /,/alerts
  --widths LIST   of the window (default 390,1024,1600)
  --themes LIST   light, dark (default both)

The whole platform runs on this machine, or the one whose state folder BROWSER_STATE names.
`
const HEIGHT = 900

const { values } = parseArgs({
  options: {
    to: { type: 'string' },
    pages: { type: 'string' },
    widths: { type: 'string', default: '390,1024,1600' },
    themes: { type: 'string', default: 'light,dark' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help || values.to === undefined) {
  console.log(HELP)
  process.exit(values.help ? 0 : 2)
}
const folder = path.resolve(values.to)
const only = values.pages?.split(',')
const widths = values.widths.split(',').map(Number)
const themes = values.themes.split(',').map((theme) => (theme === 'dark' ? 'dark' : 'light'))

await mkdir(folder, { recursive: true })
const platform = await usePlatform()
const browser = await openBrowser()
try {
  await visit(null, OUTSIDE)
  await visit('admin', PAGES)
  await visit('operator', OPERATOR_PAGES)
} finally {
  await browser.close()
  await platform.stop()
}

/** Each page as that person sees it; nobody: from outside. */
async function visit(role: string | null, paths: readonly string[]): Promise<void> {
  const asked = paths.filter((each) => only?.includes(each) ?? true)
  if (asked.length === 0) return
  const { page, faults, close } = await openPage(browser, platform.url, { reducedMotion: 'reduce' })
  if (role !== null) await signIn(page, loginOf(platform, role))
  for (const each of asked) await shootInAll(page, each)
  for (const fault of faults) console.error(fault)
  await close()
}

async function shootInAll(page: Page, at: string): Promise<void> {
  const name = at.replace(/\W+/g, '-').replace(/^-|-$/g, '') || 'overview'
  for (const width of widths) {
    await page.setViewportSize({ width, height: HEIGHT })
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme })
      await page.goto(at)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('networkidle')
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      if (wide > 0) console.error(`${at} at ${width} is ${wide} px too wide`)
      await page.screenshot({ path: path.join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true })
    }
  }
}
