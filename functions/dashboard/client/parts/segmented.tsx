import { cn } from './class-names.ts'

type Props<T extends string> = {
  label: string
  value: T
  options: readonly { value: T; title: string }[]
  onChange: (value: T) => void
}

/** A choice of a few, all in sight. */
export const Segmented = <T extends string>({ label, value, options, onChange }: Props<T>) => (
  <fieldset
    aria-label={label}
    className="inline-flex min-w-0 max-w-full overflow-x-auto rounded-lg border border-line bg-sunken p-0.5"
  >
    {options.map((option) => (
      <button
        key={option.value}
        type="button"
        aria-pressed={option.value === value}
        onClick={() => onChange(option.value)}
        className={cn(
          'h-7 whitespace-nowrap rounded-md px-2.5 font-medium text-xs pointer-coarse:h-10 pointer-coarse:px-3',
          option.value === value ? 'bg-surface text-ink shadow-sm dark:bg-line-strong' : 'text-ink-2 hover:text-ink',
        )}
      >
        {option.title}
      </button>
    ))}
  </fieldset>
)

/** A choice of many. */
export const Choice = <T extends string>({ label, value, options, onChange }: Props<T>) => (
  <select
    aria-label={label}
    className="field text-sm"
    value={value}
    onChange={(event) => {
      const chosen = options.find((option) => option.value === event.target.value)
      if (chosen) onChange(chosen.value)
    }}
  >
    {options.map((option) => (
      <option key={option.value} value={option.value}>
        {option.title}
      </option>
    ))}
  </select>
)
