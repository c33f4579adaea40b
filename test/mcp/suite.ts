import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { scratch } from '../support/scratch.ts'

const CLI = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'))
const FOLDER = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/
const Checks = z.array(z.object({ name: z.string(), status: z.string(), errorMessage: z.string().optional() }))

/** How many checks of a scenario came out how; the rest only inform. */
export type Result = { scenario: string; passed: number; failed: number; warned: number; errors: string[] }

/** Runs one scenario of the official suite, or all of them, against the server at `url`. In the suite's order of names. */
export async function runSuite(url: string, scenario?: string): Promise<Result[]> {
  const folder = await scratch('pulsepoint-conformance-')
  try {
    const which = scenario === undefined ? ['--suite', 'all'] : ['--scenario', scenario]
    const child = spawn(process.execPath, [CLI, 'server', '--url', url, ...which, '--output-dir', folder], {
      stdio: 'ignore',
    })
    await once(child, 'exit')
    const names = (await readdir(folder)).sort()
    return await Promise.all(names.map((name) => resultIn(folder, name)))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A scenario that broke off has a folder and no file. */
async function resultIn(folder: string, name: string): Promise<Result> {
  const scenario = FOLDER.exec(name)?.[1] ?? name
  const file = await readFile(path.join(folder, name, 'checks.json'), 'utf8').catch(() => null)
  if (file === null) return { scenario, passed: 0, failed: 1, warned: 0, errors: ['it broke off'] }
  const checks = Checks.parse(JSON.parse(file))
  const count = (wanted: string): number => checks.filter(({ status }) => status === wanted).length
  return {
    scenario,
    passed: count('SUCCESS'),
    failed: count('FAILURE'),
    warned: count('WARNING'),
    errors: checks.flatMap(({ status, name: check, errorMessage }) =>
      status === 'FAILURE' ? [errorMessage ?? check] : [],
    ),
  }
}
