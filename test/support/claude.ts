import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterAll, beforeAll } from 'vitest'
import { type AnthropicSandbox, anthropicSandbox } from '../../scripts/sandbox/anthropic.ts'
import { forgetSecret } from '../../shared/cloud/secrets.ts'
import { forgetConfig } from '../../shared/config.ts'
import { setSecret } from './cloud.ts'

/** The stand-in for Claude on a port of this file's own, after useCloud(). */
export function useClaude(): AnthropicSandbox {
  const sandbox = anthropicSandbox()
  const server = serve({ fetch: sandbox.fetch, port: 0, hostname: '127.0.0.1' })
  beforeAll(async () => {
    if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo // a TCP server's address is one
    process.env.ANTHROPIC_URL = `http://127.0.0.1:${port}`
    forgetConfig()
    await setSecret(process.env.CLOUD_ENDPOINT ?? '', 'ANTHROPIC_API_KEY', 'sk-ant-test')
    forgetSecret('ANTHROPIC_API_KEY')
  })
  afterAll(() => {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
  return sandbox
}
