import { useMutation } from '@tanstack/react-query'
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { signIn } from '../../api/sign-in.ts'
import { Button } from '../../parts/button.tsx'
import { Field, FormError } from '../../parts/field.tsx'
import { EmailField, FootLink, PasswordField } from './fields.tsx'
import { SignInPanel } from './panel.tsx'

export function LoginPage() {
  const { next } = useSearch({ from: '/login' })
  const [form, setForm] = useState({ email: '', password: '', tenant_id: '' })
  const navigate = useNavigate()
  const router = useRouter()
  const entry = useMutation<void, Error>({
    mutationFn: () => signIn({ email: form.email, password: form.password, ...chosen(form.tenant_id) }),
    onSuccess: () => (next ? router.history.push(next) : navigate({ to: '/' })),
  })
  const tenants = tenantsOf(entry.error)
  const set = (change: Partial<typeof form>): void => setForm({ ...form, ...change })
  return (
    <SignInPanel
      title="Sign in"
      onSubmit={() => entry.mutate()}
      foot={
        <>
          <FootLink to="/forgot-password">Forgot your password?</FootLink>
          <br />
          New here? <FootLink to="/register">Create an account</FootLink>
        </>
      }
    >
      <EmailField value={form.email} onChange={(email) => set({ email, tenant_id: '' })} />
      <PasswordField value={form.password} onChange={(password) => set({ password })} />
      {tenants.length > 0 && (
        <Field label="Company" hint="This sign-in fits several companies.">
          <select
            required
            className="field"
            value={form.tenant_id}
            onChange={({ target }) => set({ tenant_id: target.value })}
          >
            <option value="">Choose one</option>
            {tenants.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      )}
      {tenants.length === 0 && <FormError error={entry.error} />}
      <Button type="submit" look="primary" busy={entry.isPending}>
        Sign in
      </Button>
    </SignInPanel>
  )
}

const chosen = (tenantId: string): { tenant_id?: string } => (tenantId === '' ? {} : { tenant_id: tenantId })

/** Of the refusal TENANT_REQUIRED. */
function tenantsOf(error: Error | null): { id: string; name: string }[] {
  const tenants = error instanceof ApiError && error.code === 'TENANT_REQUIRED' ? error.details.tenants : null
  if (!Array.isArray(tenants)) return []
  return tenants.map((tenant) => ({ id: String(tenant.tenant_id), name: String(tenant.company_name) }))
}
