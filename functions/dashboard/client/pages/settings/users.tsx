import { useState } from 'react'
import type { OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useCall, useRead } from '../../api/queries.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { FormError } from '../../parts/field.tsx'
import { formatAgo, inWords } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { Choice } from '../../parts/segmented.tsx'
import { useMe } from '../../shell/me.ts'
import { InviteDialog } from './invite-dialog.tsx'
import { ROLES, type RoleName } from './roles.ts'

type User = OutputOf<typeof operations.list_users>['users'][number]

export function Users() {
  const { user: self } = useMe()
  const [inviting, setInviting] = useState(false)
  const result = useRead(operations.list_users, { limit: 100 })
  const update = useCall(operations.update_user, [operations.list_users])
  const columns = columnsFor(self?.id ?? null, update.mutate)
  return (
    <Card
      title="Users"
      hint="Who may sign in, and as what"
      actions={
        <Button look="primary" onClick={() => setInviting(true)}>
          Invite
        </Button>
      }
    >
      <FormError error={update.error} />
      <Loaded result={result}>
        {({ users }) => <DataTable name="Users" columns={columns} rows={users} keyOf={({ id }) => id} isList />}
      </Loaded>
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </Card>
  )
}

type Update = (change: { id: string; role?: RoleName; is_active?: boolean }) => void

const columnsFor = (selfId: string | null, update: Update): Column<User>[] => [
  { id: 'email', title: 'E-mail', value: ({ email }) => email, className: 'font-medium' },
  {
    id: 'role',
    title: 'Role',
    value: ({ role }) => role,
    cell: ({ id, email, role }) =>
      id === selfId || !ROLES.some(({ value }) => value === role) ? (
        inWords(role)
      ) : (
        <Choice
          label={`Role of ${email}`}
          value={role}
          options={ROLES}
          onChange={(chosen) => update({ id, role: chosen })}
        />
      ),
  },
  {
    id: 'state',
    title: 'State',
    value: ({ state }) => state,
    cell: ({ state }) => <Badge tone={state === 'active' ? 'good' : 'neutral'}>{inWords(state)}</Badge>,
  },
  {
    id: 'last_login',
    title: 'Last sign-in',
    value: ({ last_login }) => last_login,
    cell: ({ last_login }) => formatAgo(last_login),
  },
  {
    id: 'change',
    title: 'Change',
    isAction: true,
    align: 'right',
    value: () => null,
    cell: ({ id, email, is_active }) =>
      id === selfId ? (
        <span className="text-ink-3 text-xs">You</span>
      ) : (
        <Button
          look="quiet"
          size="small"
          className="-mr-2"
          aria-label={`${is_active ? 'Deactivate' : 'Activate'} ${email}`}
          onClick={() => update({ id, is_active: !is_active })}
        >
          {is_active ? 'Deactivate' : 'Activate'}
        </Button>
      ),
  },
]
