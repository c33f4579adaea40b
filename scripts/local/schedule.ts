const FIELDS = /^(\*|\d{1,2}) (\*|\d{1,2}) \* \* \*$/

/** Whether a schedule is due in the minute that holds the instant (ms since the epoch, UTC). */
export type Schedule = (atMs: number) => boolean

/** The cron subset that the product uses: `m h * * *`, each a number or `*`, UTC. undefined for anything else. */
export function parseSchedule(cron: string): Schedule | undefined {
  const [, minute, hour] = FIELDS.exec(cron) ?? []
  if (minute === undefined || hour === undefined || Number(minute) > 59 || Number(hour) > 23) return undefined
  const fits = (field: string, value: number) => field === '*' || Number(field) === value
  return (atMs) => {
    const at = new Date(atMs)
    return fits(minute, at.getUTCMinutes()) && fits(hour, at.getUTCHours())
  }
}
