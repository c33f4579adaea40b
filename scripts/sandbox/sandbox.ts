import { Hono } from 'hono'
import { anthropicSandbox } from './anthropic.ts'
import { control } from './control.ts'
import { ecbSandbox } from './ecb.ts'
import { faults } from './faults.ts'
import { googleAdsSandbox } from './google-ads.ts'
import { metaSandbox } from './meta.ts'
import { n8nSandbox } from './n8n.ts'
import { requestCounts } from './requests.ts'
import { shopifySandbox } from './shopify/app.ts'
import { slackSandbox } from './slack.ts'
import { type SmtpSandbox, smtpSandbox } from './smtp.ts'
import { tiktokSandbox } from './tiktok.ts'
import type { World } from './world.ts'

/**
 * Every stand-in under the name of its provider, behind one fault injector, with the controls at `/_control`. `smtp` is the
 * one that speaks no HTTP; it listens once it is told to.
 */
export function sandbox(world: World): Hono & { smtp: SmtpSandbox } {
  const counts = requestCounts()
  const injected = faults(counts)
  const smtp = smtpSandbox(injected)
  const anthropic = anthropicSandbox()
  const app = new Hono()
  app.use(injected.middleware)
  app.route('/_control', control(world, { faults: injected, counts, smtp, anthropic }))
  app.route('/shopify', shopifySandbox(world))
  app.route('/meta', metaSandbox(world))
  app.route('/google-ads', googleAdsSandbox(world))
  app.route('/tiktok', tiktokSandbox(world))
  app.route('/slack', slackSandbox())
  app.route('/n8n', n8nSandbox())
  app.route('/ecb', ecbSandbox(world))
  app.route('/anthropic', anthropic)
  return Object.assign(app, { smtp })
}
