import type { Chain } from './chain.ts'
import { inverse } from './inverse.ts'
import type { Effects } from './model.ts'

/**
 * Of each channel: what share of the conversions is lost when all that flows into it ends without one, exactly. These
 * shares, divided by their sum; all 0 when nothing converts. Channels in the order of appearance.
 */
export function removalEffects(chain: Chain): Effects {
  const size = chain.channels.size
  const reach = inverse(balance(chain, size), size)
  const lost = [...chain.channels].map(([channel, index]) => [channel, lostWithout(chain, reach, index)] as const)
  const sum = lost.reduce((total, [, conversions]) => total + conversions, 0)
  return new Map(lost.map(([channel, conversions]) => [channel, sum > 0 ? conversions / sum : 0]))
}

/**
 * Conversions of the paths that come by this channel: those that reach it, times the chance to convert from there. With
 * B the balance and D its outflows, (I − Q)⁻¹ = B⁻¹D: D divides out, and with it the transitions of a channel to itself,
 * which change how long a path stays but not where it goes.
 */
function lostWithout(chain: Chain, reach: Float64Array, index: number): number {
  const size = chain.channels.size
  let [arriving, converting] = [0, 0]
  for (let other = 0; other < size; other += 1) {
    arriving += (chain.starts[other] ?? 0) * (reach[other * size + index] ?? 0)
    converting += (reach[index * size + other] ?? 0) * (chain.conversions[other] ?? 0)
  }
  const returning = reach[index * size + index] ?? 0
  return Math.max(0, (arriving / returning) * converting) // rounding may leave −1e-20 of nothing
}

/** What leaves each channel on the diagonal, less what goes from it to each other: in the end all of it leaves for good. */
function balance({ next, conversions, nulls }: Chain, size: number): Float64Array {
  const matrix = new Float64Array(size * size)
  for (const [from, flows] of next.entries()) {
    let leaving = (conversions[from] ?? 0) + (nulls[from] ?? 0)
    for (const [to, weight] of flows) {
      if (to === from) continue
      matrix[from * size + to] = -weight
      leaving += weight
    }
    matrix[from * size + from] = leaving || 1 // a channel of paths without weight: nothing comes, nothing goes
  }
  return matrix
}
