import { AD_PLATFORMS, provisionalFrom } from '../../shared/metrics/provisional.ts'

/** The brand's days before `until` change no more. */
export type Window = { brandId: string; currency: string; today: string; until: string }

/** The first day of which spend or credited net may still change. */
export function settledUntil(today: string, pendingSince: string | null): string {
  const asOf = { today, platforms: AD_PLATFORMS, pendingSince }
  const open = [provisionalFrom('spend', asOf), provisionalFrom('credited', asOf)].flatMap((day) => day ?? [])
  return open.sort()[0] ?? today
}
