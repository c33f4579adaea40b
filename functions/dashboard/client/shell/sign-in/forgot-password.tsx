import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { operations } from '../../api/operations.ts'
import { answerOf, fetchCall } from '../../api/request.ts'
import { Button } from '../../parts/button.tsx'
import { Field, FormError } from '../../parts/field.tsx'
import { SignInPanel } from './panel.tsx'

export function ForgotPasswordPage() {
  const [email, setEmail] = useState('')
  const request = useMutation<unknown, Error>({
    mutationFn: async () => answerOf(await fetchCall(operations.request_password_reset, { email })),
  })
  return (
    <SignInPanel
      title="Forgot your password?"
      hint="We send you a letter with a link that is good for an hour."
      onSubmit={() => request.mutate()}
      foot={
        <Link to="/login" className="text-accent-text hover:underline">
          Back to signing in
        </Link>
      }
    >
      <Field label="E-mail">
        <input
          type="email"
          required
          autoComplete="username"
          className="field"
          value={email}
          onChange={({ target }) => setEmail(target.value)}
        />
      </Field>
      <FormError error={request.error} />
      {request.isSuccess ? (
        <p role="status" className="rounded-lg bg-good-soft px-3 py-2 text-good text-sm">
          If there is an account with this e-mail, the letter is on its way.
        </p>
      ) : (
        <Button type="submit" look="primary" busy={request.isPending}>
          Send the letter
        </Button>
      )}
    </SignInPanel>
  )
}
