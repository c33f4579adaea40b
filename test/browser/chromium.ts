import chromium from '@sparticuz/chromium'
import { type Browser, chromium as driver } from 'playwright-core'

/** A real Chromium without a window; CHROMIUM names another one than the package's own. */
export async function openBrowser(): Promise<Browser> {
  const quiet = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update']
  const executablePath = process.env.CHROMIUM ?? (await chromium.executablePath())
  return driver.launch({ executablePath, headless: true, args: [...new Set([...chromium.args, ...quiet])] })
}
