import { type Context, Hono } from 'hono'
import * as z from 'zod'
import { ApiError, pathParam, readBody } from './api-error.ts'
import type { Store } from './store.ts'

const AddVersionBody = z.object({ payload: z.object({ data: z.base64() }) })
const VersionRow = z.object({ version: z.number(), data: z.instanceof(Uint8Array) })
const LastVersionRow = z.object({ last: z.number() })

/** Secret Manager's REST calls: create a secret, add a version, access a version by number or `latest`. */
export function secrets({ db, commit }: Store): Hono {
  const insertSecret = db.prepare('insert or ignore into secrets values (?)')
  const findSecret = db.prepare('select name from secrets where name = ?')
  const lastVersion = db.prepare('select coalesce(max(version), 0) as last from secret_versions where secret = ?')
  const insertVersion = db.prepare('insert into secret_versions values (?, ?, ?)')
  const findVersion = db.prepare('select version, data from secret_versions where secret = ? and version = ?')

  const last = (secret: string) => LastVersionRow.parse(lastVersion.get(secret)).last

  return new Hono()
    .post('/v1/projects/:project/secrets', async (c) => {
      const name = `projects/${pathParam(c, 'project')}/secrets/${c.req.query('secretId') ?? ''}`
      const { changes } = await commit(() => insertSecret.run(name))
      if (changes === 0) throw new ApiError('ALREADY_EXISTS', `Secret [${name}] already exists.`)
      return c.json({ name })
    })
    .post('/v1/projects/:project/secrets/:secret{[^/:]+:addVersion}', async (c) => {
      const name = secretName(c)
      const { payload } = await readBody(c, AddVersionBody)
      const version = await commit(() => {
        if (!findSecret.get(name)) return undefined
        const number = last(name) + 1
        insertVersion.run(name, number, Buffer.from(payload.data, 'base64'))
        return number
      })
      if (version === undefined) throw new ApiError('NOT_FOUND', `Secret [${name}] not found.`)
      return c.json({ name: `${name}/versions/${version}`, state: 1 })
    })
    .get('/v1/projects/:project/secrets/:secret/versions/:version{[^/:]+:access}', (c) => {
      const name = secretName(c)
      const [asked] = pathParam(c, 'version').split(':')
      const row = findVersion.get(name, asked === 'latest' ? last(name) : Number(asked))
      if (!row) throw new ApiError('NOT_FOUND', `Secret [${name}] not found or has no version [${asked}].`)
      const { version, data } = VersionRow.parse(row)
      return c.json({ name: `${name}/versions/${version}`, payload: { data: Buffer.from(data).toString('base64') } })
    })
}

function secretName(c: Context): string {
  const [secret] = pathParam(c, 'secret').split(':')
  return `projects/${pathParam(c, 'project')}/secrets/${secret}`
}
