import chromium from '@sparticuz/chromium'
import { type Browser, chromium as driver } from 'playwright-core'

/** The package's own flags make one process of the browser, which ends with its first page: these do without. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
]

/** A real Chromium without a window; CHROMIUM names another one than the package's own. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? (await chromium.executablePath())
  return driver.launch({ executablePath, headless: true, args: FLAGS })
}
