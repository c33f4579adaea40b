import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { operations } from '../../api/operations.ts'
import { answerOf, fetchCall } from '../../api/request.ts'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/field.tsx'
import { EmailField, FootLink } from './fields.tsx'
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
      foot={<FootLink to="/login">Back to signing in</FootLink>}
    >
      <EmailField value={email} onChange={setEmail} />
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
