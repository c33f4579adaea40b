import { endPool } from '../../../shared/db/pools.ts'
import type { Owner } from '../../../shared/db/upsert.ts'
import { asSystem } from '../../support/tenants.ts'
import { CONTENDERS, type ContenderName } from './contenders.ts'
import { type MemoryPeak, watchMemory } from './memory.ts'
import { makeStore } from './pages.ts'
import { serveFromMemory } from './serve.ts'
import { connectShop } from './shop.ts'

/** What the process of one contender tells the bench. */
export type Measured = { tenant_id: string; ms: number; cpu_ms: number; memory: MemoryPeak }

const WARM_UP_ORDERS = 5_000

/**
 * One contender alone in a process, so that no other's memory is measured with it; first with a small store of another
 * tenant, because an instance in service has compiled its code long ago.
 */
const [name = '', orders = '', adminUrl = ''] = process.argv.slice(2)
const contender = CONTENDERS[name as ContenderName] // the bench starts this with a name of the list
let store = makeStore(WARM_UP_ORDERS)
serveFromMemory(() => store)
const run = (owner: Owner): Promise<number> => asSystem(owner.tenant_id, () => contender(owner, adminUrl))

await run(await connectShop())
store = makeStore(Number(orders))
const owner = await connectShop()
const memory = watchMemory()
const before = process.cpuUsage()
const ms = await run(owner)
const { user, system } = process.cpuUsage(before)
const measured: Measured = {
  tenant_id: owner.tenant_id,
  ms,
  cpu_ms: (user + system) / 1_000,
  memory: memory.stop(),
}
await endPool()
process.send?.(measured)
