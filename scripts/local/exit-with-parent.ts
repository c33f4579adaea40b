// Preloaded into each function process. The IPC channel closes when the supervisor dies, even by SIGKILL.
import { subscribe } from 'node:diagnostics_channel'

const GRACE_MS = 10_000

process.on('disconnect', () => {
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => process.exit(1), GRACE_MS).unref()
})
// Listening on `disconnect` keeps the channel, and so the process, alive.
process.channel?.unref()
// The supervisor needs to know when the function serves, without asking it.
subscribe('tracing:net.server.listen:asyncEnd', () => process.send?.('listening'))
