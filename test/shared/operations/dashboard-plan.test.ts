import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { sql } from '../../../shared/db/sql.ts'
import { type Db, transaction } from '../../../shared/db/transaction.ts'
import { readDashboard } from '../../../shared/operations/brands/dashboard.ts'
import { addTenants, brandId, LAST_DAY, tenantId } from '../../bench/tenancy/data.ts'
import { useDatabase } from '../../support/database.ts'
import { asSystem } from '../../support/tenants.ts'

const database = useDatabase()
const TENANTS = 30

const Node = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().nullish(),
  'Index Name': z.string().nullish(),
  'Index Cond': z.string().nullish(),
  get Plans(): z.ZodOptional<z.ZodArray<typeof Node>> {
    return z.array(Node).optional()
  },
})
const Explained = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: Node })]) })])

beforeAll(async () => {
  const admin = new pg.Client({ connectionString: database.url('postgres') })
  await admin.connect()
  await addTenants(admin, 1, TENANTS)
  await admin.end()
})

type Step = z.output<typeof Node>
const nodesOf = (node: Step): Step[] => [node, ...(node.Plans ?? []).flatMap((child) => nodesOf(child))]

/** The same answers, and beside them how each was found. */
function explaining(db: Db): { db: Db; nodes: Step[] } {
  const nodes: Step[] = []
  const query: Db['query'] = async (statement) => {
    const [{ 'QUERY PLAN': plans }] = Explained.parse(await db.query(sql`explain (format json) ${statement}`))
    nodes.push(...nodesOf(plans[0].Plan))
    return db.query(statement)
  }
  return { nodes, db: { ...db, query, one: async (statement) => (await query<never>(statement))[0] ?? null } }
}

test('the dashboard reads the read model and what names it, never the orders’ rows, through indexes that begin with the tenant', async () => {
  const asked = { id: brandId(7), since: '2026-10-21', until: LAST_DAY } as const
  const nodes = await asSystem(tenantId(7), () =>
    transaction(async (connection) => {
      const { db, nodes } = explaining(connection)
      const answer = await readDashboard(db, { ...asked, compare: 'previous_period', model: 'last', ledger: 'touch' })
      expect(answer.daily.filter(({ orders }) => orders !== 0)).toHaveLength(30)
      return nodes
    }),
  )
  const scans = nodes.filter((node) => node['Relation Name'] != null)
  expect(new Set(scans.map((node) => node['Relation Name']))).toEqual(
    new Set(['brands', 'campaigns', 'integrations', 'orders', 'sync_state', 'unified_performance']),
  )
  // Of the orders only whether one waits for its journey, from an index that holds no others.
  expect(nodes.filter((node) => node['Relation Name'] === 'orders').map((node) => node['Index Name'])).toEqual([
    'orders_without_journey',
  ])
  const large = scans.filter((node) => ['orders', 'unified_performance'].includes(node['Relation Name'] ?? ''))
  expect(large.map((node) => node['Node Type'])).not.toContain('Seq Scan')
  const conditions = nodes.flatMap((node) => node['Index Cond'] ?? [])
  expect(conditions.length).toBeGreaterThanOrEqual(large.length)
  expect(conditions.filter((condition) => !/^\(+(\w+\.)?tenant_id = /.test(condition))).toEqual([])
})
