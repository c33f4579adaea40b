import { readFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import { forgetConfig } from '../../shared/config.ts'

const Local = z.object({ cloud_url: z.url(), database_url: z.string(), project: z.string() })

/** What is not in the environment comes from the running local platform. Throws an Error that says what is missing. */
export async function useEnvironment(stateDir: string): Promise<void> {
  if (process.env.DATABASE_URL && process.env.GOOGLE_CLOUD_PROJECT) return
  const file = path.join(stateDir, 'local.json')
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(
      `There is no ${file}: start the platform with npm start, or set DATABASE_URL and GOOGLE_CLOUD_PROJECT.`,
      { cause },
    )
  })
  const local = Local.parse(JSON.parse(text))
  Object.assign(process.env, {
    METADATA_SERVER_DETECTION: 'none',
    CLOUD_ENDPOINT: local.cloud_url,
    DATABASE_URL: local.database_url,
    GOOGLE_CLOUD_PROJECT: local.project,
  })
  forgetConfig()
}
