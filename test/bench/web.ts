import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { openBrowser } from '../browser/chromium.ts'
import { loginOf, usePlatform } from '../browser/platform.ts'
import { openPage, signIn } from '../browser/watched-page.ts'
import { readOptions } from './options.ts'
import { machine, machineLine, median, printTable, progress, whole, writeJson } from './report.ts'
import { openEmptyPage } from './web/empty-page.ts'

const HELP = `How soon the dashboard can be used, and how much script that takes.

  npm run bench:web -- [options]

  --repeat N      loads of each page; medians count (default 5)
  --json FILE     write what was measured

The whole platform runs on this machine, or the one whose state folder BROWSER_STATE names. "Usable" is when the page's own
figures stand there, from the start of the navigation, in a real Chromium with a processor four times slower than this one;
"new" has nothing in its cache, "again" what a first visit left. An empty page with one figure in its HTML, loaded in turn with
them, shows what of it is the browser and this machine: "times" are the ratios to it. Script is what the first page loads, gzip.
`
const SLOWER = 4
const FIGURE = '[data-kpi=net] dd'
/** In the page: notes the moment of the first figure there, so that asking for it from outside takes no part in it. */
const NOTE_FIGURE = `new MutationObserver((_, watch) => {
  if (!document.querySelector('${FIGURE}')) return
  watch.disconnect()
  performance.mark('figure')
}).observe(document, { childList: true, subtree: true })`
const ASSETS = fileURLToPath(new URL('../../functions/dashboard/client/dist/assets', import.meta.url))

const options = readOptions(HELP, { sizes: '1', repeat: '5' })
const platform = await usePlatform()
const browser = await openBrowser()
const empty = await openEmptyPage()
try {
  progress('pages are loaded …')
  const times = await loadInTurn()
  const [emptyMs, freshMs, againMs] = [median(times.empty), median(times.fresh), median(times.again)]
  const result = {
    empty_ms: emptyMs,
    new_ms: freshMs,
    again_ms: againMs,
    script_kb: await firstKb(),
    all_kb: await allKb(),
  }
  console.log(machineLine(machine('18')))
  printTable([
    ['', 'ms', 'times'],
    ['An empty page', whole(emptyMs), '1.0'],
    ['Usable, new', whole(freshMs), (freshMs / emptyMs).toFixed(1)],
    ['Usable, again', whole(againMs), (againMs / emptyMs).toFixed(1)],
  ])
  printTable([
    ['Script of the first page, gzip', `${whole(result.script_kb)} KB`],
    ['Script of all pages, gzip', `${whole(result.all_kb)} KB`],
  ])
  await writeJson(options.json, result)
} finally {
  await browser.close()
  await Promise.all([empty.close(), platform.stop()])
}

type Times = { empty: number[]; fresh: number[]; again: number[] }

/** ms from the start of each navigation to the figures, of a person who is signed in already. */
async function loadInTurn(): Promise<Times> {
  const { page, close } = await openPage(browser, platform.url)
  await signIn(page, loginOf(platform, 'admin'))
  await page.locator(FIGURE).first().waitFor()
  await page.addInitScript({ content: NOTE_FIGURE })
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  const times: Times = { empty: [], fresh: [], again: [] }
  for (let load = 0; load < options.repeat; load++) {
    times.empty.push(await timeOf(page, empty.url))
    times.again.push(await timeOf(page, platform.url))
    await session.send('Network.clearBrowserCache')
    times.fresh.push(await timeOf(page, platform.url))
  }
  await close()
  return times
}

async function timeOf(page: Page, url: string): Promise<number> {
  await page.goto(url, { waitUntil: 'commit' })
  const noted = await page.waitForFunction(() => performance.getEntriesByName('figure')[0]?.startTime)
  return (await noted.jsonValue()) ?? Number.NaN
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
  await page.locator(FIGURE).first().waitFor()
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
