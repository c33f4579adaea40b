import { endPool } from '../../../shared/db/transaction.ts'
import { asSystem } from '../../support/tenants.ts'
import { CONTENDERS, type ContenderName } from './contenders.ts'
import { type MemoryPeak, watchMemory } from './memory.ts'
import { makeStore } from './pages.ts'
import { serveFromMemory } from './serve.ts'
import { connectShop } from './shop.ts'

/** What the process of one contender tells the bench. */
export type Measured = { ms: number; cpu_ms: number; bytes: number; memory: MemoryPeak }

/** One contender alone in a process, so that no other's memory or compiled code is measured with it. */
const [name = '', orders = '', adminUrl = ''] = process.argv.slice(2)
const contender = CONTENDERS[name as ContenderName] // the bench starts this with a name of the list
const store = makeStore(Number(orders))
serveFromMemory(store)
const owner = await connectShop()
const memory = watchMemory()
const before = process.cpuUsage()
const ms = await asSystem(owner.tenant_id, () => contender(owner, adminUrl))
const { user, system } = process.cpuUsage(before)
const measured: Measured = { ms, cpu_ms: (user + system) / 1_000, bytes: store.bytes, memory: memory.stop() }
await endPool()
process.send?.(measured)
