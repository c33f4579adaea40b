import { DatabaseSync } from 'node:sqlite'

const SCHEMA = `
  pragma journal_mode = wal;
  pragma synchronous = normal;
  pragma busy_timeout = 5000;
  create table if not exists topics (name text primary key);
  create table if not exists subscriptions (name text primary key, topic text not null, config text not null);
  create table if not exists messages (
    id integer primary key autoincrement, data blob not null, attributes text not null,
    published_at text not null, pending integer not null);
  create table if not exists deliveries (
    subscription text not null, message_id integer not null, attempts integer not null, not_before_ms integer not null,
    primary key (subscription, message_id)) without rowid;
  create table if not exists tasks (
    name text primary key, request text not null, due_at_ms integer not null, attempts integer not null, done_at_ms integer);
  create index if not exists tasks_done on tasks (done_at_ms) where done_at_ms is not null;
  create table if not exists secrets (name text primary key);
  create table if not exists secret_versions (
    secret text not null, version integer not null, data blob not null, primary key (secret, version)) without rowid;
  create table if not exists documents (
    name text primary key, fields text not null, create_time text not null, update_time text not null) without rowid;
`

/** The durable state of the local cloud but BigQuery's. What `commit` has answered survives a SIGKILL of this process. */
export interface Store {
  db: DatabaseSync
  /**
   * Runs `work` (synchronous SQL only) inside a transaction shared with whatever else is waiting, and resolves with its
   * result after COMMIT. When one `work` throws, all that shared its transaction are rolled back and reject.
   */
  commit<T>(work: () => T): Promise<T>
  close(): Promise<void>
}

interface Waiting {
  run(): void
  resolve(): void
  reject(cause: unknown): void
}

/** Opens or creates the SQLite file. */
export function openStore(file: string): Store {
  const db = new DatabaseSync(file)
  db.exec(SCHEMA)
  let waiting: Waiting[] = []

  function flush() {
    const group = waiting
    waiting = []
    if (group.length === 0) return
    try {
      db.exec('begin immediate')
      for (const each of group) each.run()
      db.exec('commit')
    } catch (cause) {
      if (db.isTransaction) db.exec('rollback')
      for (const each of group) each.reject(cause)
      return
    }
    for (const each of group) each.resolve()
  }

  function commit<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let result: { value: T } | undefined
      if (waiting.length === 0) setImmediate(flush)
      waiting.push({
        run: () => {
          result = { value: work() }
        },
        resolve: () => result && resolve(result.value),
        reject,
      })
    })
  }

  return {
    db,
    commit,
    close: async () => {
      flush()
      db.close()
    },
  }
}
