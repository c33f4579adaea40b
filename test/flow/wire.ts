import { createServer, type Server, type Socket, connect as tcp } from 'node:net'

/** A TCP wire to Postgres on a port that stays the same, whatever happens behind it. */
export type Wire = {
  port: number
  /** Where new connections go from now on. */
  lead(toPort: number): void
  /** Refuses new connections, as a server that is gone does. */
  down(): Promise<void>
  up(): Promise<void>
  /** The next server message that contains `text` is not passed on: its connection ends instead. */
  cutAt(text: string): void
  /** How many connections were cut. */
  cuts(): number
  close(): Promise<void>
}

export async function startWire(toPort: number): Promise<Wire> {
  let target = toPort
  let cutText: string | null = null
  let cuts = 0
  const open = new Set<Socket>()

  const server = createServer((client) => {
    const upstream = tcp(target, '127.0.0.1')
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', end)
      socket.on('close', () => {
        open.delete(socket)
        end()
      })
    }
    client.on('data', (chunk) => upstream.write(chunk))
    upstream.on('data', (chunk: Buffer) => {
      if (cutText === null || !chunk.includes(cutText)) return void client.write(chunk)
      cutText = null
      cuts += 1
      end()
    })
  })
  const port = await listening(server, 0)
  const down = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of open) socket.destroy()
    })
  return {
    port,
    lead: (to) => {
      target = to
    },
    down,
    up: async () => void (await listening(server, port)),
    cutAt: (text) => {
      cutText = text
    },
    cuts: () => cuts,
    close: down,
  }
}

const listening = (server: Server, port: number): Promise<number> =>
  new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
