import { AppError } from '../../shared/errors.ts'
import { log, logError } from '../../shared/log.ts'
import { sliceDeadline } from '../../shared/serve.ts'
import type { Chore } from './chore.ts'
import { CHORES } from './chores.ts'

/** Does every chore, also after one that failed; then throws UNAVAILABLE, so that Scheduler asks again. */
export async function maintain(chores: readonly Chore[] = CHORES): Promise<object> {
  const done: Record<string, object> = {}
  const failed: string[] = []
  for (const { name, run } of chores) {
    try {
      done[name] = await run(sliceDeadline())
      log('INFO', `The chore ${name} is done.`, { result: JSON.stringify(done[name]) })
    } catch (error) {
      logError(`The chore ${name} failed.`, error)
      failed.push(name)
    }
  }
  if (failed.length > 0) throw new AppError('UNAVAILABLE', `These chores failed: ${failed.join(', ')}.`)
  return done
}
