import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fault } from './fault.ts'
import type { Ground } from './ground.ts'
import { judge, type Verdict } from './judge.ts'
import { LANES, passed } from './points.ts'
import { type Hour, runHour } from './run-hour.ts'

type Edit = { file: string; from: string; to: string }

/** A safety of the product, how to take it away, and where its absence must show. */
type Mutant = { name: string; edits: readonly Edit[]; fault: Fault }

const kill = { kind: 'kill', nth: 1 } as const

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a fact with a natural key is recorded once',
    edits: [{ file: 'shared/events/record.ts', from: `${'$'}{given.key !== undefined})`, to: 'false)' }],
    // The run has begun and is begun again.
    fault: { ...kill, what: 'http Shopify', side: 'before' },
  },
  {
    name: 'the fence refuses who lost the lease',
    edits: [
      {
        file: 'shared/sync/lease.ts',
        from: ` and lease_fence = ${'$'}{lease.fence}\n    returning`,
        to: '\n    returning',
      },
    ],
    // Another takes over and finishes; then the first one wakes and commits what it had begun to read.
    fault: { kind: 'freeze', nth: 1, what: 'http Shopify', side: 'before' },
  },
  {
    name: 'the cursor is committed with the rows',
    edits: [
      {
        file: 'shared/sync/read-stream.ts',
        from: '  return transaction(async (db) => {\n    // Sent together',
        to:
          '  await transaction((db) => saveState(db, cursorOf(run), { ...state, updatedAt: clock.now() }))\n' +
          '  return transaction(async (db) => {\n    // Sent together',
      },
    ],
    // Right before the first page's rows are written.
    fault: { ...kill, what: 'sql with owner as (', side: 'before' },
  },
  {
    name: 'what a transaction had done is rolled back',
    edits: [
      {
        // Only here: without any transactions the locks would be gone as well, and that shows without a fault.
        file: 'shared/db/transaction.ts',
        from:
          '() => {\n      gatherWrites(client)\n' +
          '      return client.query({ ...preparedAs(statement.text), text: statement.text, values: [...statement.values] })\n    })',
        to: `async () => {
      const result = await client.query({ text: statement.text, values: [...statement.values] })
      if (!statement.text.includes('insert into alerts')) return result
      await client.query('commit')
      await client.query('begin')
      await client.query("select set_config('app.tenant_id', $1, true)", [actor().tenantId])
      return result
    })`,
      },
    ],
    // The alert is there; that it was raised is told to nobody yet.
    fault: { ...kill, what: 'sql insert into alerts', side: 'after' },
  },
]

export type Caught = { name: string; caught: boolean; evidence: string }

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COPIED = ['shared', 'functions', 'scripts/sandbox', 'test/kill', 'package.json']

/**
 * Tries each fault on the product as it is, and on a copy without the safety: the first must end well and the second
 * not, while the copy without any fault is as good as the product. Throws when the product's text has changed.
 */
export async function tryMutants(ground: Ground, faultFree: Hour): Promise<Caught[]> {
  const folder = await mkdtemp(path.join(ground.folder, 'mutants-'))
  try {
    const hourFiles: string[] = []
    for (const [index, mutant] of MUTANTS.entries())
      hourFiles.push(await copyWithout(mutant, path.join(folder, `${index}`)))
    const results: Caught[] = []
    let next = 0
    const lane = async (): Promise<void> => {
      for (let index = next++; index < MUTANTS.length; index = next++) {
        const [mutant, hourFile] = [MUTANTS[index], hourFiles[index]]
        if (mutant && hourFile)
          results.push(await tryMutant({ ground, faultFree, mutant, hourFile, name: `mutant_${index}` }))
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    return results
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Trying = { ground: Ground; faultFree: Hour; mutant: Mutant; hourFile: string; name: string }

async function tryMutant({ ground, faultFree, mutant, hourFile, name }: Trying): Promise<Caught> {
  const { fault } = mutant
  // Hours side by side need names of their own.
  const sound = judge(fault, await runHour(ground, { name: `${name}_sound`, fault }), faultFree)
  const unhurt = judge(fault, await runHour(ground, { name: `${name}_unhurt`, fault: null, hourFile }), faultFree)
  const hurt = judge(fault, await runHour(ground, { name: `${name}_hurt`, fault, hourFile }), faultFree)
  const failures = [
    ...(passed(sound) ? [] : [`the product itself does not stand it: ${sound.problems.join('; ')}`]),
    ...(unhurt.identical ? [] : [`the copy differs without a fault: ${unhurt.problems.join('; ')}`]),
    ...(noticed(hurt) ? [] : [`nothing was noticed: ${hurt.problems.join('; ')}`]),
  ]
  const evidence = failures.length > 0 ? failures.join('\n  ') : hurt.problems.join('\n  ')
  return { name: mutant.name, caught: failures.length === 0, evidence }
}

/** Rows must differ: that the point was not reached proves nothing. */
const noticed = ({ hit, lostRows, doubledRows }: Verdict): boolean => hit !== null && lostRows + doubledRows > 0

/** A copy of the product with the edits made. Returns its workers' program. */
async function copyWithout({ name, edits }: Mutant, folder: string): Promise<string> {
  await mkdir(path.join(folder, 'test'), { recursive: true })
  await Promise.all(COPIED.map((each) => cp(path.join(ROOT, each), path.join(folder, each), { recursive: true })))
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  for (const { file, from, to } of edits) {
    const text = await readFile(path.join(folder, file), 'utf8')
    const found = text.split(from).length - 1
    if (found !== 1) throw new Error(`"${name}": ${JSON.stringify(from)} is ${found} times in ${file}, not once.`)
    await writeFile(
      path.join(folder, file),
      text.replace(from, () => to),
    )
  }
  return path.join(folder, 'test/kill/hour.ts')
}
