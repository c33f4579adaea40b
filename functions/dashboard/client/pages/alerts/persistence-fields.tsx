import { Field } from '../../parts/field.tsx'
import type { Rule } from './rule.ts'

type Persistence = NonNullable<Rule['persistence']>

/** How long it must last before it is told. */
export const PersistenceFields = ({ needed, of_last, default: usual, max, unit }: Persistence) => (
  <div className="grid grid-cols-2 gap-4">
    <Field label={`In at least (${unit})`} hint={`Usually ${usual.needed}`}>
      <input className="field" name="needed" type="number" required min={1} max={max} defaultValue={needed} />
    </Field>
    <Field label={`of the last (${unit})`} hint={`Usually ${usual.of_last}`}>
      <input className="field" name="of_last" type="number" required min={1} max={max} defaultValue={of_last} />
    </Field>
  </div>
)
