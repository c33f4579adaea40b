import type { Channel as ChannelName } from '../../shared/alerts/rules.ts'
import type { Channel } from './channel.ts'
import { email } from './channels/email.ts'
import { slack } from './channels/slack.ts'
import { webhook } from './channels/webhook.ts'

/** Every channel there is, one file each. */
export const CHANNELS: Readonly<Record<ChannelName, Channel>> = { slack, email, webhook }
