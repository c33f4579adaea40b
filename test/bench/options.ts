import { parseArgs } from 'node:util'

export type BenchOptions = { sizes: number[]; repeat: number; json: string | null }

/** Prints `help` and ends the process for --help. Throws an Error that names the wrong option. */
export function readOptions(help: string, defaults: { sizes: string; repeat: string }): BenchOptions {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: defaults.sizes },
      repeat: { type: 'string', default: defaults.repeat },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(help)
    process.exit(0)
  }
  return {
    sizes: values.sizes.split(',').map((text) => positive('--sizes', text)),
    repeat: positive('--repeat', values.repeat),
    json: values.json ?? null,
  }
}

function positive(option: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`${option} expects whole numbers above 0, got "${text}".`)
  return value
}
