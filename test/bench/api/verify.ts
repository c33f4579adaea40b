import * as z from 'zod'

const Days = z.array(z.object({ net: z.coerce.bigint() }))
const Ours = z.object({ kpis: z.object({ net: z.object({ value: z.object({ amount: z.string() }) }) }) })
const Graphile = z.object({
  data: z.object({ days: z.union([Days, z.string().transform((text) => Days.parse(JSON.parse(text)))]) }),
})
const Raw = z.tuple([Days]).rest(z.unknown())

/** Three programs, one truth: the net sales of the period, in micros. Throws when they differ or are nothing. */
export function verifyBodies(texts: Readonly<Record<'answer' | 'graphile' | 'raw', string>>): void {
  const { amount } = Ours.parse(JSON.parse(texts.answer)).kpis.net.value
  const ours = BigInt(Math.round(Number(amount) * 1e6))
  const theirs = sum(Graphile.parse(JSON.parse(texts.graphile)).data.days)
  const plain = sum(Raw.parse(JSON.parse(texts.raw))[0])
  if (ours === 0n || ours !== theirs || ours !== plain) {
    throw new Error(`The answers differ: ${ours}, ${theirs}, ${plain}.`)
  }
}

const sum = (days: z.output<typeof Days>): bigint => days.reduce((total, { net }) => total + net, 0n)
