import { useState } from 'react'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { formatLongDay } from '../../parts/format.ts'
import { type Brand, useScope } from '../../shell/scope.ts'
import { BrandSettingsDialog } from './brand-settings-dialog.tsx'
import { NewBrandDialog } from './new-brand-dialog.tsx'

export function Brands() {
  const { brands } = useScope()
  const [making, setMaking] = useState(false)
  const [chosen, setChosen] = useState<Brand | null>(null)
  return (
    <Card
      title="Brands"
      hint="Each with its own shop, currency and days"
      actions={
        <Button look="primary" onClick={() => setMaking(true)}>
          New brand
        </Button>
      }
    >
      <DataTable
        name="Brands"
        isList
        columns={columnsFor(setChosen)}
        rows={brands}
        keyOf={({ id }) => id}
        empty="No brand yet: everything begins with one"
      />
      {making && <NewBrandDialog onClose={() => setMaking(false)} />}
      {chosen && <BrandSettingsDialog brand={chosen} onClose={() => setChosen(null)} />}
    </Card>
  )
}

const columnsFor = (change: (brand: Brand) => void): Column<Brand>[] => [
  { id: 'name', title: 'Name', value: ({ name }) => name, className: 'font-medium' },
  { id: 'currency', title: 'Currency', value: ({ currency }) => currency },
  { id: 'time_zone', title: 'Days in', isMinor: true, value: ({ time_zone }) => time_zone.replaceAll('_', ' ') },
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
    cell: (brand) => (
      <Button
        look="quiet"
        size="small"
        className="-mr-2"
        aria-label={`Settings of ${brand.name}`}
        onClick={() => change(brand)}
      >
        Settings
      </Button>
    ),
  },
]
