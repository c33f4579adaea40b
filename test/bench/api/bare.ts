// The least that a handler of this platform does: functions framework, Hono, jose, and a text that is ready.
import { readFileSync } from 'node:fs'
import { http } from '@google-cloud/functions-framework'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { jwtVerify } from 'jose'

const key = Buffer.from(process.env.JWT_KEY ?? '', 'base64')
const answer = readFileSync(process.env.ANSWER_FILE ?? '', 'utf8')
const app = new Hono()
app.get('/api/brands/:id/dashboard', async (c) => {
  const token = (c.req.header('authorization') ?? '').replace(/^Bearer /, '')
  await jwtVerify(token, key, { algorithms: ['HS256'], issuer: 'pulsepoint', audience: 'pulsepoint-api' })
  return c.body(answer, 200, { 'Content-Type': 'application/json' })
})
http('bare', getRequestListener(app.fetch, { overrideGlobalObjects: false }))
