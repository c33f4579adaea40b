// The same statements by the same driver, with nothing around them: what the database and the driver alone allow.
import { createServer } from 'node:http'
import { jwtVerify } from 'jose'
import pg from 'pg'
import * as z from 'zod'
import { type Asked, statementsOf } from './statements.ts'

const key = Buffer.from(process.env.JWT_KEY ?? '', 'base64')
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 8, pipeline: true })
const Claims = z.object({ tenant_id: z.string() })

const server = createServer((request, response) => {
  answer(request.url ?? '/', request.headers.authorization ?? '').then(
    (text) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(text),
    (error: unknown) => response.writeHead(500).end(String(error)),
  )
})

async function answer(url: string, authorization: string): Promise<string> {
  const { payload } = await jwtVerify(authorization.replace(/^Bearer /, ''), key, {
    algorithms: ['HS256'],
    issuer: 'pulsepoint',
    audience: 'pulsepoint-api',
  })
  const tenantId = Claims.parse(payload).tenant_id
  const { pathname, searchParams } = new URL(url, 'http://bench')
  const asked: Asked = {
    tenantId,
    brandId: pathname.split('/')[3] ?? '',
    since: searchParams.get('since') ?? '',
    until: searchParams.get('until') ?? '',
  }
  const statements = await statementsOf(asked)
  const client = await pool.connect()
  try {
    const [, , ...results] = await Promise.all([
      client.query('begin'),
      client.query({ name: 'tenant', text: "select set_config('app.tenant_id', $1, true)", values: [tenantId] }),
      ...statements.map(({ name, text, values }) => client.query({ name, text, values: [...values] })),
      client.query('commit'),
    ])
    return JSON.stringify(results.slice(0, -1).map(({ rows }) => rows))
  } finally {
    client.release()
  }
}

server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('ready'))
