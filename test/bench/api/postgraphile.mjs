// PostGraphile 5 over the functions of the schema `bench`, in the same database and under the same policies: the token's
// tenant is set for the transaction that answers the query.
import { createServer } from 'node:http'
import { jwtVerify } from 'jose'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'

const { DATABASE_URL, JWT_KEY, PORT } = process.env
const key = Buffer.from(JWT_KEY, 'base64')

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString: DATABASE_URL, schemas: ['bench'], poolConfig: { max: 8 } })],
  grafserv: { graphiql: false, watch: false },
  grafast: {
    explain: false,
    async context({ node }) {
      const token = (node?.req.headers.authorization ?? '').replace(/^Bearer /, '')
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        issuer: 'pulsepoint',
        audience: 'pulsepoint-api',
      })
      return { pgSettings: { 'app.tenant_id': payload.tenant_id } }
    },
  },
})
const server = createServer()
await instance.createServ(grafserv).addTo(server)
server.listen(Number(PORT), '127.0.0.1', () => console.log('ready'))
