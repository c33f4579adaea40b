import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

/** Our own tables live in this DuckDB schema; a BigQuery dataset cannot have this name. */
export const CATALOG = '$cloud'

// What BigQuery offers under a name that DuckDB lacks; the product's SQL otherwise stays inside what both understand.
const SETUP = `
  create schema if not exists "${CATALOG}";
  create table if not exists "${CATALOG}".datasets (id varchar primary key);
  create table if not exists "${CATALOG}".tables (id varchar primary key, resource varchar not null);
  create table if not exists "${CATALOG}".insert_ids (table_id varchar not null, insert_id varchar not null, received_at timestamptz not null);
  create or replace macro countif(condition) as count_if(condition);
  create or replace macro safe_divide(a, b) as a / nullif(b, 0);
  create or replace macro json_value(document, path) as document ->> path;
  create or replace macro json_remove(document, path) as json_merge_patch(document, json_object(substr(path, 3), null));
`

/** The DuckDB database that stands for BigQuery. */
export interface Warehouse {
  /** Runs `read` on a connection of its own, all of them at the same time. */
  read<T>(read: (db: DuckDBConnection) => Promise<T>): Promise<T>
  /**
   * Runs `write` in a transaction, one at a time; committed and on disk when it resolves. `committed` runs before the
   * next write starts.
   */
  write<T>(write: (db: DuckDBConnection) => Promise<T>, committed?: (result: T) => void): Promise<T>
  /** Waits for the write under way. */
  close(): Promise<void>
}

/** Opens or creates the file. Throws when another process has it open. */
export async function openWarehouse(file: string): Promise<Warehouse> {
  const instance = await DuckDBInstance.create(file, { autoinstall_known_extensions: 'false', threads: '2' })
  const writer = await connect(instance)
  await writer.run(SETUP)
  let lastWrite: Promise<unknown> = Promise.resolve()

  async function inTransaction<T>(write: (db: DuckDBConnection) => Promise<T>): Promise<T> {
    await writer.run('begin')
    try {
      const result = await write(writer)
      await writer.run('commit')
      return result
    } catch (cause) {
      // A failed COMMIT has already ended the transaction: the cause is what counts.
      await writer.run('rollback').catch(() => undefined)
      throw cause
    }
  }

  return {
    read: async (read) => {
      const db = await connect(instance)
      try {
        return await read(db)
      } finally {
        db.closeSync()
      }
    },
    write: (write, committed) => {
      const written = lastWrite.then(async () => {
        const result = await inTransaction(write)
        committed?.(result)
        return result
      })
      lastWrite = written.catch(() => undefined)
      return written
    },
    close: async () => {
      await lastWrite
      writer.closeSync()
      instance.closeSync()
    },
  }
}

async function connect(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const db = await instance.connect()
  await db.run("set timezone = 'UTC'")
  return db
}

/** An identifier, quoted. */
export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
