import type { Fault as ProviderFault } from '../../scripts/sandbox/faults.ts'
import { type Random, random } from '../../scripts/sandbox/stores/random.ts'
import type { Companion } from './companion.ts'
import { differences } from './digest.ts'
import { type Fault, faultName } from './fault.ts'
import type { Ground } from './ground.ts'
import { describe } from './judge.ts'
import { type Hour, runHour } from './run-hour.ts'

/** Two faults of one hour: at most one of them ends or freezes the process. */
export type Pair = { fault: Fault | null; companions: readonly Companion[] }

type Draw = (chance: Random, faultFree: Hour) => Fault | Companion

/** Numbers vary with the interleaving: the last of them may not be reached. */
const REACHED_SHARE = 0.8

const endProcess =
  (kind: 'kill' | 'freeze'): Draw =>
  (chance, { effects }) => ({
    n: chance.int(1, Math.floor(effects.length * REACHED_SHARE)),
    side: chance.pick(['before', 'after'] as const),
    kind,
  })

const ANSWERS: readonly ProviderFault['fault'][] = [
  { kind: 'status', code: 500, headers: {} },
  { kind: 'status', code: 503, headers: {} },
  { kind: 'retry_after', variant: 'seconds', seconds: 1 },
  { kind: 'retry_after', variant: 'missing', seconds: 1 },
  { kind: 'slow_body', ms: 200 },
]

const badAnswer =
  (provider: 'shopify' | 'meta' | 'slack', lastRequest: number): Draw =>
  (chance) => ({
    kind: 'provider',
    fault: { match: { provider, nth: chance.int(1, lastRequest) }, fault: chance.pick(ANSWERS), times: 1 },
  })

const endSessions: Draw = (chance, { requests }) => ({
  kind: 'sessions',
  afterRequests: chance.int(1, Math.floor(requests * REACHED_SHARE)),
})

const KINDS: readonly Draw[] = [
  endProcess('kill'),
  endProcess('freeze'),
  badAnswer('shopify', 4),
  badAnswer('meta', 3),
  badAnswer('slack', 1),
  endSessions,
]
const OF_PROCESS = KINDS.slice(0, 2)

const isFault = (drawn: Fault | Companion): drawn is Fault => 'side' in drawn

/** The same seed and hour give the same pair. */
export function pairOf(seed: string, faultFree: Hour): Pair {
  const chance = random(seed, 'pair')
  const first = chance.pick(KINDS)
  const second = chance.pick(
    KINDS.filter((kind) => kind !== first && !(OF_PROCESS.includes(kind) && OF_PROCESS.includes(first))),
  )
  const drawn = [first, second].map((draw) => draw(chance, faultFree))
  return { fault: drawn.find(isFault) ?? null, companions: drawn.filter((each) => !isFault(each)) }
}

export const pairName = ({ fault, companions }: Pair): string =>
  [...(fault ? [faultName(fault)] : []), ...companions.map((each) => JSON.stringify(each))].join(' and ')

/** A message that was posted without our knowing is posted again. */
const mayRepeatMessage = (each: Companion): boolean => each.kind === 'sessions' || each.fault.match.provider === 'slack'

/** What is wrong after an hour with both; empty when it ended as if nothing had happened. */
export async function problemsOf(
  ground: Ground,
  { seed, faultFree }: { seed: string; faultFree: Hour },
): Promise<string[]> {
  const pair = pairOf(seed, faultFree)
  const hour = await runHour(ground, { name: `pair_${seed}`, ...pair })
  const tellsTwice = pair.companions.filter(mayRepeatMessage).length * faultFree.slackMessages
  const sentAgain = hour.slackMessages - faultFree.slackMessages
  const problems = [
    ...(pair.fault && !hour.hit ? ['the point was not reached'] : []),
    ...hour.fired.flatMap((times, n) => (times === 0 ? [`did not strike: ${JSON.stringify(pair.companions[n])}`] : [])),
    ...differences(faultFree.state, hour.state).map(describe),
    ...(hour.deadLetters > 0 ? [`${hour.deadLetters} dead letter(s)`] : []),
    ...(sentAgain < 0 || sentAgain > hour.lost.sending + tellsTwice ? [`${hour.slackMessages} Slack messages`] : []),
  ]
  return problems.length === 0 ? [] : [pairName(pair), ...problems, ...hour.complaints.slice(-4)]
}
