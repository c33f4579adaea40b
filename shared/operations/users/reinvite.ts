import { transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { requirePerson } from '../call.ts'
import { sendInvitation } from './invitation.ts'
import { readUser, UserInput, UserOutput, userOnWire } from './user.ts'

export const reinviteUser = operation({
  name: 'reinvite_user',
  description: 'Sends another invitation to somebody who has not accepted yet.',
  http: { method: 'post', path: '/api/users/{id}/invite' },
  permission: 'admin:manage',
  input: UserInput,
  output: UserOutput,
  run: async ({ id }) => {
    requirePerson()
    return transaction(async (db) => {
      const user = await readUser(db, id)
      if (user.state !== 'invited') throw new AppError('CONFLICT', 'This user does not wait for an invitation.')
      await sendInvitation(db, id)
      await record(db, 'admin.action', { data: { action: 'user.reinvited', subject_id: id, details: {} } })
      return { user: userOnWire(user) }
    })
  },
})
