import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { openBrowser } from '../browser/chromium.ts'
import { loginOf, usePlatform } from '../browser/platform.ts'
import { openPage, signIn } from '../browser/watched-page.ts'
import { readOptions } from './options.ts'
import { machine, machineLine, median, printTable, progress, whole, writeJson } from './report.ts'

const HELP = `How soon the dashboard can be used, and how much script that takes.

  npm run bench:web -- [options]

  --repeat N      loads of each page; medians count (default 5)
  --json FILE     write what was measured

The whole platform runs on this machine, or the one whose state folder BROWSER_STATE names. "Usable" is when the page's own
figures stand there, from the start of the navigation, in a real Chromium with a processor four times slower than this one;
"new" has nothing in its cache, "again" what a first visit left. Script is what the first page loads, gzip.
`
const SLOWER = 4
const ASSETS = fileURLToPath(new URL('../../functions/dashboard/client/dist/assets', import.meta.url))

const options = readOptions(HELP, { sizes: '1', repeat: '5' })
const platform = await usePlatform()
const browser = await openBrowser()
try {
  progress('pages are loaded …')
  const again = await timesOf({ isNew: false })
  const fresh = await timesOf({ isNew: true })
  const result = { new_ms: median(fresh), again_ms: median(again), script_kb: await firstKb(), all_kb: await allKb() }
  console.log(machineLine(machine('18')))
  printTable([
    ['Usable, new', `${whole(result.new_ms)} ms`],
    ['Usable, again', `${whole(result.again_ms)} ms`],
    ['Script of the first page, gzip', `${whole(result.script_kb)} KB`],
    ['Script of all pages, gzip', `${whole(result.all_kb)} KB`],
  ])
  await writeJson(options.json, result)
} finally {
  await browser.close()
  await platform.stop()
}

/** ms from the start of the navigation to the figures, each load of a page that is signed in already. */
async function timesOf({ isNew }: { isNew: boolean }): Promise<number[]> {
  const { page, close } = await openPage(browser, platform.url)
  await signIn(page, loginOf(platform, 'admin'))
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  const times: number[] = []
  for (let load = 0; load < options.repeat; load++) {
    if (isNew) await session.send('Network.clearBrowserCache')
    await page.goto('/', { waitUntil: 'commit' })
    await page.locator('[data-kpi=net] dd').first().waitFor()
    times.push(await page.evaluate<number>('performance.now()'))
  }
  await close()
  return times
}

/** KB of the scripts that a first visit loads up to its figures. */
async function firstKb(): Promise<number> {
  const { page, close } = await openPage(browser, platform.url)
  await signIn(page, loginOf(platform, 'admin'))
  const names = new Set<string>()
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) names.add(path.basename(response.url()))
  })
  await page.goto('/')
  await page.locator('[data-kpi=net] dd').first().waitFor()
  await close()
  return kbOf([...names])
}

async function allKb(): Promise<number> {
  return kbOf((await readdir(ASSETS)).filter((name) => name.endsWith('.js')))
}

async function kbOf(names: readonly string[]): Promise<number> {
  const sizes = await Promise.all(names.map(async (name) => gzipSync(await readFile(path.join(ASSETS, name))).length))
  return sizes.reduce((sum, size) => sum + size, 0) / 1_000
}
