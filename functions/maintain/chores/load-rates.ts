import { clock } from '../../../shared/clock.ts'
import { type EuroRate, fetchRates, type RatesFile } from '../../../shared/fx/ecb.ts'
import { newestDay, saveRates } from '../../../shared/fx/euro-rates.ts'
import type { Chore } from '../chore.ts'

const DAY_MS = 86_400_000
/** Days without a gap that are sure to be in the file of ninety. */
const RECENT_DAYS = 80

/** Fetches the exchange rates that were published since the last time: all there are when none are known yet. */
export const loadRates: Chore = {
  name: 'load-rates',
  run: async () => {
    const rates = await ratesSince(await newestDay())
    return { rates: rates.length, changed: await saveRates(rates) }
  },
}

/** From the smallest file that leaves no gap. */
async function ratesSince(known: string | null): Promise<EuroRate[]> {
  if (known === null || clock.now().getTime() - Date.parse(known) > RECENT_DAYS * DAY_MS) return fetchRates('hist')
  const daily = await fetchRates('daily')
  const file = fileSince(known, daily[0]?.day ?? known)
  return file === 'daily' ? daily : fetchRates(file)
}

/** Rates are published on working days; a bank holiday looks like a gap and costs a larger file. */
function fileSince(known: string, newest: string): RatesFile {
  for (let at = Date.parse(known) + DAY_MS; at < Date.parse(newest); at += DAY_MS) {
    const weekday = new Date(at).getUTCDay()
    if (weekday !== 0 && weekday !== 6) return 'hist-90d'
  }
  return 'daily'
}
