import { type FormEvent, useState } from 'react'
import type { OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { formatInstant, formatMoment, inWords } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'

type Entry = OutputOf<typeof operations.search_audit>['entries'][number]

/** Everything on record: who did what, by words. */
export function Audit() {
  const [text, setText] = useState('')
  const result = useRead(operations.search_audit, { limit: 100, ...(text && { text }) })
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    setText(String(new FormData(event.currentTarget).get('text')).trim())
  }
  const search = (
    <form onSubmit={submit} className="flex gap-2">
      <input className="field w-48" name="text" type="search" aria-label="Search the audit log" placeholder="Words…" />
      <Button type="submit">Search</Button>
    </form>
  )
  return (
    <Card title="Audit log" hint="The newest hundred entries of the last 90 days" actions={search}>
      <Loaded result={result}>
        {({ entries }) => (
          <DataTable
            name="Audit log"
            columns={COLUMNS}
            rows={entries}
            first={15}
            keyOf={({ id }) => id}
            empty="Nothing is found"
          />
        )}
      </Loaded>
    </Card>
  )
}

/** What the event says of itself, without what is empty. */
const Details = ({ details }: { details: Entry['details'] }) => {
  const told = Object.entries(details).filter(([, value]) => value !== null && JSON.stringify(value) !== '{}')
  const text = told.map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
  return <span title={text.join('\n')}>{text.join(' · ')}</span>
}

const nameOf = ({ user, api_key_id }: Entry): string =>
  user?.email ?? (api_key_id ? 'An API key' : user ? 'Erased' : 'Pulsepoint')

const COLUMNS: readonly Column<Entry>[] = [
  {
    id: 'event',
    title: 'Event',
    value: ({ event_type }) => event_type,
    cell: (row) => (
      <>
        <span className="font-medium">{inWords(row.event_type)}</span>
        <span className="mt-0.5 block max-w-52 truncate text-ink-3 text-xs md:hidden">
          {formatMoment(row.at)} · {nameOf(row)}
        </span>
      </>
    ),
  },
  {
    id: 'at',
    title: 'When',
    isMinor: true,
    value: ({ at }) => at,
    cell: ({ at }) => <span title={formatInstant(at)}>{formatMoment(at)}</span>,
  },
  { id: 'who', title: 'Who', isMinor: true, value: nameOf },
  {
    id: 'status',
    title: 'Status',
    isMinor: true,
    value: ({ status }) => status,
    cell: ({ status }) => inWords(status),
  },
  {
    id: 'details',
    title: 'Details',
    value: ({ details }) => JSON.stringify(details),
    cell: ({ details }) => <Details details={details} />,
    className: 'min-w-64 max-w-0 truncate text-ink-3 text-xs md:w-1/2',
  },
]
