import { statfsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Linux's file system in memory. A database is 900 files: a copy of them takes 0.05 s here and 0.8 s on a disk. */
const MEMORY = '/dev/shm'
/** More than all databases of a run take at once. */
const ROOM_BYTES = 4 * 2 ** 30

/** A new folder for data that are thrown away: in memory where there is room for them. The caller removes it. */
export const scratch = (prefix: string): Promise<string> => mkdtemp(path.join(hasRoom() ? MEMORY : tmpdir(), prefix))

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY)
    return Math.min(bavail * bsize, process.availableMemory()) >= ROOM_BYTES
  } catch {
    return false // a system without it
  }
}
