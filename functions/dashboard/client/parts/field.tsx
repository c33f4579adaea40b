import type { ReactElement, ReactNode } from 'react'

type Props = { label: string; hint?: ReactNode; children: ReactElement }

/** A form's field under its label. */
export const Field = ({ label, hint, children }: Props) => (
  // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child.
  <label className="flex flex-col gap-1.5 text-sm">
    <span className="font-medium text-ink">{label}</span>
    {children}
    {hint && <span className="text-ink-3 text-xs">{hint}</span>}
  </label>
)

/** What a form was refused with. */
export const FormError = ({ error }: { error: Error | null }) =>
  error && (
    <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-bad text-sm">
      {error.message}
      {'fields' in error && <FieldErrors fields={error.fields} />}
    </p>
  )

const FieldErrors = ({ fields }: { fields: unknown }) =>
  Object.entries(typeof fields === 'object' && fields !== null ? fields : {}).map(([name, texts]) => (
    <span key={name} className="block">
      {name}: {[texts].flat().join(' ')}
    </span>
  ))
