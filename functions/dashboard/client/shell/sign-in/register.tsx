import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { register } from '../../api/sign-in.ts'
import { Button } from '../../parts/button.tsx'
import { Field, FormError } from '../../parts/field.tsx'
import { EmailField, FootLink, NewPasswordField } from './fields.tsx'
import { SignInPanel } from './panel.tsx'

/** A new company with its first person, who goes on to make its first brand. */
export function RegisterPage() {
  const [form, setForm] = useState({ company_name: '', email: '', password: '' })
  const navigate = useNavigate()
  const founding = useMutation<void, Error>({
    mutationFn: () => register(form),
    onSuccess: () => navigate({ to: '/settings', search: { section: 'brands' } }),
  })
  const set = (change: Partial<typeof form>): void => setForm({ ...form, ...change })
  return (
    <SignInPanel
      title="Create an account"
      hint="For your company. You are its first administrator and invite the others."
      onSubmit={() => founding.mutate()}
      foot={
        <>
          Here already? <FootLink to="/login">Sign in</FootLink>
        </>
      }
    >
      <Field label="Company">
        <input
          required
          maxLength={200}
          autoComplete="organization"
          className="field"
          value={form.company_name}
          onChange={({ target }) => set({ company_name: target.value })}
        />
      </Field>
      <EmailField value={form.email} onChange={(email) => set({ email })} />
      <NewPasswordField label="Password" value={form.password} onChange={(password) => set({ password })} />
      <FormError error={founding.error} />
      <Button type="submit" look="primary" busy={founding.isPending}>
        Create the account
      </Button>
    </SignInPanel>
  )
}
