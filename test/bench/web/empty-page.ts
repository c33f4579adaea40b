import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const PAGE = '<!doctype html><title>Empty</title><dl><div data-kpi="net"><dt>Net sales</dt><dd>1</dd></div></dl>'

/** A page that has its figure in its HTML, from a server that does nothing else; of the dashboard's own site, so that no process is begun for it. */
export async function openEmptyPage(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(PAGE))
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const { port } = server.address() as AddressInfo // listens on TCP
  return {
    url: `http://localhost:${port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
