import { useMatches, useSearch } from '@tanstack/react-router'
import { useMe } from './me.ts'
import { addDays, COMPARISONS, RANGES } from './period.ts'
import { useScope, useSetScope } from './scope.ts'

const OWN = 'own'

/** Which brand, which days, compared with what: as far as the page is about it, kept in the URL for all of them. */
export function ScopeBar() {
  const { tenant } = useMe()
  const scope = useMatches({ select: (matches) => matches.at(-1)?.staticData.scope })
  if (!scope) return <p className="truncate font-medium text-ink-2 text-sm">{tenant.company_name}</p>
  return (
    <div className="flex min-w-0 flex-1 flex-wrap items-center gap-2">
      <BrandChoice />
      {scope === 'days' && <DaysChoice />}
    </div>
  )
}

function BrandChoice() {
  const { brands, brand } = useScope()
  const setScope = useSetScope()
  return (
    <select
      aria-label="Brand"
      className="field mr-auto min-w-0 max-w-56 flex-1 truncate font-medium text-sm sm:flex-none"
      value={brand?.id ?? ''}
      onChange={(event) => setScope({ brand: event.target.value })}
    >
      {brands.length === 0 && <option value="">No brand yet</option>}
      {brands.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  )
}

function DaysChoice() {
  const { since, until, compare } = useScope()
  const { range = '30d', from } = useSearch({ strict: false })
  const setScope = useSetScope()
  const chosen = from ? OWN : range
  const choose = (name: string): void => {
    const known = RANGES.find((each) => each.name === name)
    if (known) setScope({ range: known.name, from: undefined, to: undefined })
    else setScope({ from: since, to: addDays(until, -1) })
  }
  return (
    <>
      {chosen === OWN && <OwnDays since={since} last={addDays(until, -1)} />}
      <select
        aria-label="Days"
        className="field min-w-0 text-sm"
        value={chosen}
        onChange={(event) => choose(event.target.value)}
      >
        {RANGES.map(({ name, label }) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
        <option value={OWN}>Custom days</option>
      </select>
      <select
        aria-label="Compared with"
        className="field hidden text-sm md:block"
        value={compare}
        onChange={(event) => {
          const known = COMPARISONS.find(({ name }) => name === event.target.value)
          if (known) setScope({ compare: known.name })
        }}
      >
        {COMPARISONS.map(({ name, label }) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
    </>
  )
}

function OwnDays({ since, last }: { since: string; last: string }) {
  const setScope = useSetScope()
  return (
    <span className="order-last flex w-full items-center gap-1.5 text-ink-3 text-sm sm:order-none sm:w-auto">
      <input
        type="date"
        aria-label="First day"
        className="field min-w-0 flex-1 text-sm sm:flex-none"
        value={since}
        max={last}
        onChange={({ target }) => target.value && setScope({ from: target.value, to: last })}
      />
      –
      <input
        type="date"
        aria-label="Last day"
        className="field min-w-0 flex-1 text-sm sm:flex-none"
        value={last}
        min={since}
        onChange={({ target }) => target.value && setScope({ from: since, to: target.value })}
      />
    </span>
  )
}
