import { createServer, type RequestListener, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'

export interface Listening {
  url: string
  port: number
  /** Ends at once what is in flight. */
  close(): Promise<void>
}

type Fetch = (request: Request) => Response | Promise<Response>

/** Serves on 127.0.0.1; port 0 takes a free one. Throws an Error that names the port when it is taken. */
export function listen(fetch: Fetch, port: number): Promise<Listening> {
  return listenRaw(
    getRequestListener((request) => fetch(request), { overrideGlobalObjects: false }),
    port,
  )
}

/** `listen` for a plain Node handler; `host` undefined means every interface. */
export async function listenRaw(
  handler: RequestListener,
  port: number,
  host: string | undefined = '127.0.0.1',
): Promise<Listening> {
  const server = createServer({ keepAliveTimeout: 30_000, requestTimeout: 0 }, handler)
  await bind(server, port, host)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function bind(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE'
      reject(
        taken ? new Error(`Port ${port} is taken by another program; choose another with --port.`, { cause }) : cause,
      )
    })
    server.listen({ port, host }, resolve)
  })
}
