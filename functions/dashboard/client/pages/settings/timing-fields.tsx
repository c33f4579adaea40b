import { Field } from '../../parts/field.tsx'
import { numberOf } from './form-values.ts'

/** Days that a brand has, or inherits from its company's defaults. */
const TIMINGS = [
  { name: 'lead_time_days', label: 'Lead time (days)', min: 0, max: 365, step: 'any', unset: 'Not set' },
  { name: 'lead_time_sd_days', label: 'Lead time varies by (days)', min: 0, max: 365, step: 'any', unset: 'Not set' },
  { name: 'attribution_window_days', label: 'Attribution window (days)', min: 1, max: 90, step: 1, unset: '30' },
  {
    name: 'attribution_half_life_days',
    label: 'Half-life of time decay (days)',
    min: 0.5,
    max: 90,
    step: 'any',
    unset: '7',
  },
] as const
type TimingName = (typeof TIMINGS)[number]['name']
type Shown = { value: number | null; is_default: boolean }

/** An empty field shows what counts without it. */
export const TimingFields = ({ shownOf }: { shownOf: (name: TimingName) => Shown }) =>
  TIMINGS.map(({ name, label, unset, ...limits }) => {
    const { value, is_default } = shownOf(name)
    return (
      <Field key={name} label={label}>
        <input
          className="field"
          name={name}
          type="number"
          {...limits}
          placeholder={is_default && value !== null ? String(value) : unset}
          defaultValue={is_default ? '' : (value ?? '')}
        />
      </Field>
    )
  })

/** What is left empty is null: it returns to its default. */
export const timingsOf = (form: FormData): Record<TimingName, number | null> => ({
  lead_time_days: numberOf(form, 'lead_time_days'),
  lead_time_sd_days: numberOf(form, 'lead_time_sd_days'),
  attribution_window_days: numberOf(form, 'attribution_window_days'),
  attribution_half_life_days: numberOf(form, 'attribution_half_life_days'),
})
