import type { OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useCall, useRead } from '../../api/queries.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { FormError } from '../../parts/field.tsx'
import { formatCount, formatLongDay, inWords } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { Choice } from '../../parts/segmented.tsx'

type Tenant = OutputOf<typeof operations.list_tenants>['tenants'][number]
type Tier = Tenant['subscription_tier']
type Update = (change: { id: string; status?: 'active' | 'suspended'; subscription_tier?: Tier }) => void

const TIERS: readonly { value: Tier; title: string }[] = [
  { value: 'starter', title: 'Starter' },
  { value: 'pro', title: 'Pro' },
  { value: 'enterprise', title: 'Enterprise' },
]
const TONES: Readonly<Record<Tenant['status'], Tone>> = {
  active: 'good',
  provisioning: 'neutral',
  suspended: 'warn',
  deleting: 'bad',
}

export function Tenants() {
  const result = useRead(operations.list_tenants, { limit: 100 })
  const update = useCall(operations.update_tenant, [operations.list_tenants])
  return (
    <Card title="Tenants">
      <FormError error={update.error} />
      <Loaded result={result}>
        {({ tenants }) => (
          <DataTable name="Tenants" columns={columnsFor(update.mutate)} rows={tenants} keyOf={({ id }) => id} isList />
        )}
      </Loaded>
    </Card>
  )
}

const columnsFor = (update: Update): Column<Tenant>[] => [
  { id: 'name', title: 'Company', value: ({ company_name }) => company_name, className: 'font-medium' },
  {
    id: 'status',
    title: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) => <Badge tone={TONES[status]}>{inWords(status)}</Badge>,
  },
  {
    id: 'tier',
    title: 'Tier',
    value: ({ subscription_tier }) => subscription_tier,
    cell: ({ id, company_name, subscription_tier }) => (
      <Choice
        label={`Tier of ${company_name}`}
        value={subscription_tier}
        options={TIERS}
        onChange={(tier) => update({ id, subscription_tier: tier })}
      />
    ),
  },
  { id: 'users', title: 'Users', align: 'right', value: ({ users }) => users },
  { id: 'brands', title: 'Brands', align: 'right', value: ({ brands }) => brands },
  {
    id: 'connections',
    title: 'Connections',
    value: ({ connections }) => Object.values(connections).reduce((sum, count) => sum + count, 0),
    cell: ({ connections }) =>
      Object.entries(connections)
        .map(([status, count]) => `${formatCount(count)} ${inWords(status).toLowerCase()}`)
        .join(', ') || '–',
  },
  {
    id: 'created_at',
    title: 'Since',
    isMinor: true,
    value: ({ created_at }) => created_at,
    cell: ({ created_at }) => formatLongDay(created_at),
  },
  {
    id: 'change',
    title: 'Change',
    isAction: true,
    align: 'right',
    value: () => null,
    cell: ({ id, company_name, status }) =>
      status === 'active' || status === 'suspended' ? (
        <Button
          look="quiet"
          size="small"
          className="-mr-2"
          aria-label={`${status === 'active' ? 'Suspend' : 'Take back'} ${company_name}`}
          onClick={() => update({ id, status: status === 'active' ? 'suspended' : 'active' })}
        >
          {status === 'active' ? 'Suspend' : 'Take back'}
        </Button>
      ) : null,
  },
]
