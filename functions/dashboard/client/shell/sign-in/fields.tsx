import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Field } from '../../parts/field.tsx'

type Props = { value: string; onChange: (value: string) => void }

export const EmailField = ({ value, onChange }: Props) => (
  <Field label="E-mail">
    <input
      type="email"
      required
      autoComplete="username"
      className="field"
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  </Field>
)

export const PasswordField = ({ value, onChange }: Props) => (
  <Field label="Password">
    <input
      type="password"
      required
      autoComplete="current-password"
      className="field"
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  </Field>
)

export const NewPasswordField = ({ label, value, onChange }: Props & { label: string }) => (
  <Field label={label} hint="At least 12 characters; a few words make a good one.">
    <input
      type="password"
      required
      minLength={12}
      autoComplete="new-password"
      className="field"
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  </Field>
)

type Place = '/login' | '/register' | '/forgot-password'

export const FootLink = ({ to, children }: { to: Place; children: ReactNode }) => (
  <Link to={to} className="inline-block py-1 text-accent-text underline underline-offset-2">
    {children}
  </Link>
)
