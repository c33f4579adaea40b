import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { operations } from '../../api/operations.ts'
import { answerOf, fetchCall } from '../../api/request.ts'
import { acceptInvitation } from '../../api/sign-in.ts'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/field.tsx'
import { FootLink, NewPasswordField } from './fields.tsx'
import { SignInPanel } from './panel.tsx'

/** Letters carry their token behind the #, which no server and no other site is told. */
const tokenOfLink = (): string => location.hash.replace(/^#(token=)?/, '')

export const InvitationPage = () => (
  <NewPassword
    title="Welcome to Pulsepoint"
    action="Choose the password and sign in"
    save={(password) => acceptInvitation({ token: tokenOfLink(), password })}
    next="/"
    foot={
      <>
        Here already? <FootLink to="/login">Sign in</FootLink>
      </>
    }
  />
)

export const ResetPasswordPage = () => (
  <NewPassword
    title="Choose a new password"
    action="Save the password"
    save={async (password) => {
      const input = { token: tokenOfLink(), password }
      await answerOf(await fetchCall(operations.confirm_password_reset, input))
    }}
    next="/login"
    foot={
      <>
        <FootLink to="/forgot-password">Send me another letter</FootLink>
        <br />
        <FootLink to="/login">Back to signing in</FootLink>
      </>
    }
  />
)

type Props = {
  title: string
  action: string
  save: (password: string) => Promise<void>
  next: '/' | '/login'
  /** Where to go with a link that is used up. */
  foot: ReactNode
}

function NewPassword({ title, action, save, next, foot }: Props) {
  const [password, setPassword] = useState('')
  const navigate = useNavigate()
  const saving = useMutation<void, Error>({
    mutationFn: () => save(password),
    onSuccess: () => navigate({ to: next }),
  })
  return (
    <SignInPanel title={title} onSubmit={() => saving.mutate()} foot={foot}>
      <NewPasswordField label="New password" value={password} onChange={setPassword} />
      <FormError error={saving.error} />
      <Button type="submit" look="primary" busy={saving.isPending}>
        {action}
      </Button>
    </SignInPanel>
  )
}
