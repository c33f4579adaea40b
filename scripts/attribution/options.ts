import { parseArgs } from 'node:util'
import { PATH_MODELS } from '../../shared/attribution/path-models.ts'

export type ModelName = keyof typeof PATH_MODELS
export type AttributionOptions = { paths: string; models: ModelName[]; json: boolean }

const MODELS = Object.keys(PATH_MODELS) as ModelName[] // the keys of a literal

export const HELP = `Credits the conversions of exported paths to their channels.

  npm run attribution -- --paths FILE [options]

  --paths FILE    CSV with the header path,total_conversions,total_conversion_value,total_null
  --model NAME    ${MODELS.join(', ')} or all (default all)
  --json          {model: {channel: {conversions, value}}} with unrounded numbers, instead of a table
  --help          this text

A path is "a > b > c", oldest touch first. A row stands for total_conversions journeys that converted, together worth
total_conversion_value, and total_null that did not; each may be a fraction. Fields are quoted as in RFC 4180; semicolons
and tabs separate as well as commas, when the header has them. Other columns are ignored.

  first, last     all to the path's first or last channel. Exported paths do not say which visits were direct, so a channel
                  that is named "direct" is one like any other.
  linear          the same to every touch of the path
  position        40 % to the first and last touch each, 20 % to those between; 50/50 of two
  markov          by removal effects of a chain of order 1, solved exactly. Repeats are transitions of a channel to itself;
                  removing a channel ends all that flows into it without a conversion. The effects, normalised, divide all
                  conversions, and in the same proportions all value. The only model that looks at total_null.
  shapley         the same to every distinct channel of the path

The models tell who was there, not who caused the conversion.
Exit code: 0; 1 when the file cannot be read or is wrong, with the line; 2 for a wrong option.
`

/** Throws an Error whose message says which option is wrong and what was expected. */
export function readOptions(args: readonly string[]): AttributionOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      paths: { type: 'string' },
      model: { type: 'string', default: 'all' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  if (!values.paths) throw new Error('--paths FILE is missing.')
  const models = values.model === 'all' ? MODELS : MODELS.filter((name) => name === values.model)
  if (models.length === 0) throw new Error(`--model expects ${MODELS.join(', ')} or all, got "${values.model}".`)
  return { paths: values.paths, models, json: values.json }
}
