import type { Channel } from './channel.ts'
import { slack } from './channels/slack.ts'

/** Every channel there is, one file each. */
export const CHANNELS: readonly Channel[] = [slack]
