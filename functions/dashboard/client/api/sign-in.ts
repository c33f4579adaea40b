import { operations } from './operations.ts'
import { answerOf, fetchCall } from './request.ts'
import { beginSession, currentToken, endSession } from './session.ts'

type SignIn = { email: string; password: string; tenant_id?: string }

/** Throws ApiError; TENANT_REQUIRED names the tenants to choose from in its details. */
export async function signIn(input: SignIn): Promise<void> {
  const response = await fetchCall(operations.login, { ...input, refresh_token_in: 'cookie' })
  beginSession(await answerOf<typeof operations.login>(response))
}

type Founding = { company_name: string; email: string; password: string }

/** Founds a company, whose first person is signed in. */
export async function register(input: Founding): Promise<void> {
  const response = await fetchCall(operations.register, { ...input, refresh_token_in: 'cookie' })
  beginSession(await answerOf<typeof operations.register>(response))
}

export async function acceptInvitation(input: { token: string; password: string }): Promise<void> {
  const response = await fetchCall(operations.accept_invitation, { ...input, refresh_token_in: 'cookie' })
  beginSession(await answerOf<typeof operations.accept_invitation>(response))
}

/** Ends this session, or all of this user's, on the server and here; here also when the server cannot be reached. */
export async function signOut(everywhere: boolean): Promise<void> {
  await fetchCall(operations.logout, { everywhere }, { token: currentToken() }).catch(() => undefined)
  endSession()
}
