import { config } from './config.ts'

/** The product's only clock; tests and replays move it. Leases use the database's clock instead, which all instances share. */
export const clock = {
  now: (): Date => new Date(Date.now() + config('CLOCK_OFFSET_MS')),
}

/** RFC 3339 UTC. */
export const nowText = (): string => clock.now().toISOString()
