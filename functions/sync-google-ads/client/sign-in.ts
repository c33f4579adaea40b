import { AppError } from '../../../shared/errors.ts'
import { CUSTOMER, clientQuery } from '../rows/nodes.ts'
import { type Account, readAccount } from '../rows.ts'
import type { Api } from './api.ts'
import { isUserDenied } from './failures.ts'

/** An account, and the manager that it is reached through; null: none is needed. */
export type SignedIn = { account: Account; loginId: string | null }

/** Reads the account as the person was given it, else through the first of their managers that has it among its clients. */
export async function signIn(api: Api, accountId: string): Promise<SignedIn> {
  try {
    return await open(api, accountId, null)
  } catch (error) {
    if (!isUserDenied(error)) throw error
    const loginId = await managerOf(api, accountId)
    if (loginId === null) throw error
    return await open(api, accountId, loginId)
  }
}

async function open(api: Api, accountId: string, loginId: string | null): Promise<SignedIn> {
  const { nodes, fetchedAt } = await api.search({ customerId: accountId, loginId }, CUSTOMER.query)
  return { account: readAccount(nodes, fetchedAt), loginId }
}

async function managerOf(api: Api, accountId: string): Promise<string | null> {
  for (const id of await api.roots()) if (await hasClient(api, id, accountId)) return id
  return null
}

/** At any level below. Of an account that is no manager or is closed there is nothing to see. */
async function hasClient(api: Api, id: string, accountId: string): Promise<boolean> {
  try {
    const { nodes } = await api.search({ customerId: id, loginId: null }, clientQuery(accountId))
    return nodes.length > 0
  } catch (error) {
    if (error instanceof AppError && error.code === 'PROVIDER_PERMISSION') return false
    throw error
  }
}
