import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { readUser, UserInput, UserOutput, userOnWire } from './user.ts'

export const getUser = operation({
  name: 'get_user',
  description: 'One user of this tenant.',
  http: { method: 'get', path: '/api/users/{id}' },
  permission: 'admin:manage',
  surfaces: ['http'],
  input: UserInput,
  output: UserOutput,
  run: async ({ id }) => ({ user: userOnWire(await transaction((db) => readUser(db, id))) }),
})
