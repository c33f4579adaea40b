import { useState } from 'react'
import type { OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useCall, useRead } from '../../api/queries.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { FormError } from '../../parts/field.tsx'
import { formatAgo, formatLongDay } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { KeyDialog } from './key-dialog.tsx'
import { scopeTitle } from './scopes.ts'

type ApiKey = OutputOf<typeof operations.list_api_keys>['api_keys'][number]

export function ApiKeys() {
  const [making, setMaking] = useState(false)
  const result = useRead(operations.list_api_keys, { limit: 100 })
  const revoke = useCall(operations.revoke_api_key, [operations.list_api_keys])
  const end = ({ id, name }: ApiKey): void => {
    if (window.confirm(`Revoke ${name}? Programs that use it are refused at once.`)) revoke.mutate({ id })
  }
  return (
    <Card
      title="API keys"
      hint="For programs and agents: the same API, and MCP. They outlive who made them."
      actions={
        <Button look="primary" onClick={() => setMaking(true)}>
          New key
        </Button>
      }
    >
      <FormError error={revoke.error} />
      <Loaded result={result}>
        {({ api_keys }) => (
          <DataTable
            name="API keys"
            isList
            columns={columnsFor(end)}
            rows={api_keys}
            keyOf={({ id }) => id}
            empty="No keys yet"
          />
        )}
      </Loaded>
      {making && <KeyDialog onClose={() => setMaking(false)} />}
    </Card>
  )
}

const columnsFor = (revoke: (key: ApiKey) => void): Column<ApiKey>[] => [
  {
    id: 'name',
    title: 'Name',
    value: ({ name }) => name,
    cell: ({ name, created_at, created_by }) => (
      <>
        <span className="font-medium">{name}</span>
        <span className="mt-0.5 block max-w-64 truncate text-ink-3 text-xs" title={created_by.email ?? undefined}>
          {formatLongDay(created_at)} by {created_by.email ?? 'somebody erased'}
        </span>
      </>
    ),
  },
  {
    id: 'scopes',
    title: 'May',
    value: ({ scopes }) => scopes.map(scopeTitle).join(', '),
    wraps: true,
    className: 'min-w-52 text-ink-2',
  },
  {
    id: 'last_used_at',
    title: 'Last used',
    value: ({ last_used_at }) => last_used_at,
    cell: ({ last_used_at }) => formatAgo(last_used_at),
  },
  {
    id: 'state',
    title: 'State',
    value: ({ revoked_at }) => (revoked_at ? 'Revoked' : 'Live'),
    cell: ({ revoked_at }) => <Badge tone={revoked_at ? 'neutral' : 'good'}>{revoked_at ? 'Revoked' : 'Live'}</Badge>,
  },
  {
    id: 'change',
    title: 'Change',
    isAction: true,
    align: 'right',
    value: () => null,
    cell: (key) =>
      key.revoked_at ? null : (
        <Button look="danger" size="small" aria-label={`Revoke ${key.name}`} onClick={() => revoke(key)}>
          Revoke
        </Button>
      ),
  },
]
