import pg from 'pg'

export type MigrationFile = { name: string; text: string; sha256: string }

/** The first line of a file that builds an index while its table is written to, which Postgres does in no transaction. */
const ALONE = '-- no transaction\n'
const INDEX = /^create (?:unique )?index concurrently (\w+) on [^;]+;?\s*$/

/** Applies it and notes that it is. What fails leaves nothing behind, or what the next try takes away. */
export async function applyMigration(client: pg.Client, file: MigrationFile): Promise<string> {
  await (file.text.startsWith(ALONE) ? buildIndex(client, file) : applyWhole(client, file))
  return file.name
}

async function applyWhole(client: pg.Client, file: MigrationFile): Promise<void> {
  await client.query('begin')
  try {
    await client.query(file.text)
    await note(client, file)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`Migration ${file.name} failed and was rolled back.`, { cause: error })
  }
}

/** One that failed is there and not valid: it is built anew. One that was built by who died before noting it is noted. */
async function buildIndex(client: pg.Client, file: MigrationFile): Promise<void> {
  const [statement, index] = INDEX.exec(file.text.slice(ALONE.length)) ?? []
  if (!statement || !index)
    throw new Error(
      `Migration ${file.name} runs in no transaction, so it is one "create index concurrently NAME on …".`,
    )
  const { rows } = await client.query<{ indisvalid: boolean }>(
    'select indisvalid from pg_index where indexrelid = to_regclass($1)',
    [index],
  )
  const isValid = rows[0]?.indisvalid
  try {
    // Nobody waits behind it, so it may wait for all who write.
    await client.query(`set lock_timeout = 0`)
    if (isValid === false) await client.query(`drop index concurrently ${pg.escapeIdentifier(index)}`)
    if (!isValid) await client.query(statement)
  } catch (error) {
    throw new Error(`Migration ${file.name} failed; it is built anew the next time.`, { cause: error })
  }
  await note(client, file)
}

const note = (client: pg.Client, { name, sha256 }: MigrationFile): Promise<unknown> =>
  client.query('insert into schema_migrations (name, sha256) values ($1, $2)', [name, sha256])
