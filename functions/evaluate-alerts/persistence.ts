import type { Persistence } from '../../shared/alerts/settings.ts'

/** Whether each window was bad, newest first. */
type Windows = readonly boolean[]

/** N of M: enough of the last windows were bad. A window without anything in it was not. */
export const persists = (windows: Windows, { needed, of_last }: Persistence): boolean =>
  windows.slice(0, of_last).filter((bad) => bad).length >= needed

/** So many good windows in a row that whatever was before them could not persist; until then the alert stays. */
export const isOver = (windows: Windows, { needed, of_last }: Persistence): boolean =>
  !windows.slice(0, of_last - needed + 1).includes(true)
