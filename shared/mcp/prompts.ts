import * as z from 'zod'
import { inputInvalid } from '../operations/call.ts'
import { line } from '../operations/text.ts'
import type { McpPrompt } from './offer.ts'
import type { Ask } from './read.ts'
import { WRITTEN, type Written } from './written-prompts.ts'

const BRANDS_COMPLETED = 20
const Given = z.strictObject({ brand: line(200).optional(), period: line(200).optional() })
const Brands = z.object({ brands: z.array(z.object({ name: z.string() })) })

/** Questions that people ask every week, for those who may read brands; `brand` is completed by their names. */
export function promptsOf(ask: (name: string) => Ask | null): McpPrompt[] {
  const brands = ask('list_brands')
  return brands ? WRITTEN.map((written) => promptOf(written, brands)) : []
}

const promptOf = (written: Written, brands: Ask): McpPrompt => ({
  prompt: {
    name: written.name,
    title: written.title,
    description: written.description,
    arguments: [
      { name: 'brand', description: 'Name or id of the brand.', required: written.needsBrand },
      { name: 'period', description: `Days, such as “2026-11-02 to 2026-11-08”; default ${written.period}.` },
    ],
  },
  get: (given) => ({
    description: written.description,
    messages: [{ role: 'user', content: { type: 'text', text: textOf(written, given) } }],
  }),
  complete: async (argument, begun) => {
    if (argument !== 'brand') return []
    const search = begun.trim().slice(0, 200)
    const page = Brands.parse(await brands({ limit: BRANDS_COMPLETED, ...(search !== '' && { search }) }))
    return page.brands.map(({ name }) => name)
  },
})

function textOf({ needsBrand, period, write }: Written, given: unknown): string {
  const schema = needsBrand ? Given.required({ brand: true }) : Given
  const parsed = schema.safeParse(given)
  if (!parsed.success) throw inputInvalid(parsed.error)
  const { brand } = parsed.data
  // As JSON, so that where the name ends is not the name's to say.
  const subject = brand === undefined ? 'each brand' : `the brand ${JSON.stringify(brand)}`
  return write({ subject, days: parsed.data.period === undefined ? period : JSON.stringify(parsed.data.period) })
}
