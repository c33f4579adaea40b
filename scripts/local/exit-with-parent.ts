// Preloaded into each function process. The IPC channel closes when the supervisor dies, even by SIGKILL.
import { subscribe } from 'node:diagnostics_channel'
import { Server } from 'node:net'

const GRACE_MS = 10_000

// The framework listens on every address of the machine; here nobody but this machine may call a worker.
const listen = Server.prototype.listen
Server.prototype.listen = function (this: Server, ...args: unknown[]) {
  const [port, ...rest] = args
  const callback = rest.find((each): each is () => void => typeof each === 'function')
  if (typeof port !== 'number' && typeof port !== 'string') return Reflect.apply(listen, this, args)
  return listen.call(this, { port: Number(port), host: '127.0.0.1' }, callback)
}

process.on('disconnect', () => {
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => process.exit(1), GRACE_MS).unref()
})
// Listening on `disconnect` keeps the channel, and so the process, alive.
process.channel?.unref()
// The supervisor needs to know when the function serves, without asking it.
subscribe('tracing:net.server.listen:asyncEnd', () => process.send?.('listening'))
