export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** `2026-11-20T10:00:00Z`: whole seconds, as the Admin API writes instants. */
export const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

type Zone = { format: Intl.DateTimeFormat; offsetByHour: Map<number, number> }
const zones = new Map<string, Zone>()

function zoneOf(name: string): Zone {
  let zone = zones.get(name)
  if (!zone) {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
    zone = { format, offsetByHour: new Map() }
    zones.set(name, zone)
  }
  return zone
}

function readOffset(zone: Zone, ms: number): number {
  const text = zone.format.formatToParts(ms).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  const match = /GMT([+-])(\d\d):(\d\d)/.exec(text)
  if (!match) return 0
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * HOUR + Number(match[3]) * MINUTE)
}

/** Milliseconds that the zone is ahead of UTC. Remembered by the hour: formatting is slow, and zones change on the hour. */
export function offsetAt(zoneName: string, utcMs: number): number {
  const zone = zoneOf(zoneName)
  const hour = Math.floor(utcMs / HOUR)
  let offset = zone.offsetByHour.get(hour)
  if (offset === undefined) {
    offset = readOffset(zone, hour * HOUR)
    zone.offsetByHour.set(hour, offset)
  }
  return offset
}

/** `localMs` is the wall clock written as if it were UTC. */
export function toUtc(zoneName: string, localMs: number): number {
  const guess = localMs - offsetAt(zoneName, localMs)
  return localMs - offsetAt(zoneName, guess)
}

/** `YYYY-MM-DD` on the zone's wall clock. */
export const localDay = (zoneName: string, utcMs: number): string =>
  new Date(utcMs + offsetAt(zoneName, utcMs)).toISOString().slice(0, 10)

/** `2026-11-20T10:00:00-0500`: Meta's form, an offset without a colon. */
export function offsetInstant(zoneName: string, utcMs: number): string {
  const offset = offsetAt(zoneName, utcMs)
  const minutes = Math.abs(offset) / MINUTE
  const hhmm = `${String(Math.floor(minutes / 60)).padStart(2, '0')}${String(minutes % 60).padStart(2, '0')}`
  return `${new Date(utcMs + offset).toISOString().slice(0, 19)}${offset < 0 ? '-' : '+'}${hhmm}`
}
