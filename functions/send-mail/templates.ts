import type { EventData } from '../../shared/events/catalog.ts'
import type { Template } from './letter.ts'
import { alert } from './templates/alert.ts'
import { invitation } from './templates/invitation.ts'
import { passwordChanged } from './templates/password-changed.ts'
import { passwordReset } from './templates/password-reset.ts'

/** Every letter there is, one file each. */
export const TEMPLATES: Readonly<Record<EventData<'mail.requested'>['template'], Template>> = {
  alert,
  invitation,
  password_reset: passwordReset,
  password_changed: passwordChanged,
}
