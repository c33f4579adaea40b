import { connect, createServer, type Socket } from 'node:net'

export type SlowWire = {
  port: number
  /** How often the client has waited for the server's answer before it sent on. */
  waits(): number
  close(): Promise<void>
}

/** A TCP proxy that delivers everything `delayMs` later in each direction, in order. */
export async function slowWire(targetPort: number, delayMs: number): Promise<SlowWire> {
  let waits = 0
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: targetPort, host: '127.0.0.1', noDelay: true })
    let asking = false
    client.on('data', (chunk) => {
      if (!asking) waits += 1
      asking = true
      setTimeout(() => upstream.write(chunk), delayMs)
    })
    upstream.on('data', (chunk) => {
      setTimeout(() => {
        asking = false
        client.write(chunk)
      }, delayMs)
    })
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.')
  return {
    port: address.port,
    waits: () => waits,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}
