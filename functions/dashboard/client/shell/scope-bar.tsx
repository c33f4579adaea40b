import { useSearch } from '@tanstack/react-router'
import { addDays, COMPARISONS, RANGES } from './period.ts'
import { useScope, useSetScope } from './scope.ts'

const OWN = 'own'

/** Which brand, which days, compared with what: for all pages, kept in the URL. */
export function ScopeBar() {
  const { brands, brand, since, until, compare } = useScope()
  const { range = '30d', from } = useSearch({ strict: false })
  const setScope = useSetScope()
  const chosen = from ? OWN : range
  const choose = (name: string): void => {
    const known = RANGES.find((each) => each.name === name)
    if (known) setScope({ range: known.name, from: undefined, to: undefined })
    else setScope({ from: since, to: addDays(until, -1) })
  }
  return (
    <div className="flex min-w-0 flex-1 items-center gap-2">
      <select
        aria-label="Brand"
        className="field mr-auto h-8 min-w-0 max-w-56 truncate py-0 font-medium text-sm"
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
      {chosen === OWN && <OwnDays since={since} last={addDays(until, -1)} />}
      <select
        aria-label="Days"
        className="field h-8 min-w-0 py-0 text-sm"
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
        className="field hidden h-8 py-0 text-sm md:block"
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
    </div>
  )
}

function OwnDays({ since, last }: { since: string; last: string }) {
  const setScope = useSetScope()
  return (
    <span className="hidden items-center gap-1.5 text-ink-3 text-sm sm:flex">
      <input
        type="date"
        aria-label="First day"
        className="field h-8 py-0 text-sm"
        value={since}
        max={last}
        onChange={({ target }) => target.value && setScope({ from: target.value, to: last })}
      />
      –
      <input
        type="date"
        aria-label="Last day"
        className="field h-8 py-0 text-sm"
        value={last}
        min={since}
        onChange={({ target }) => target.value && setScope({ from: since, to: target.value })}
      />
    </span>
  )
}
