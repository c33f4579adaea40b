import type { Money } from '../wire.ts'

/** What models cost, in USD with all its digits: an answer costs less than a cent. */
export const cost = (usd: string): Money => ({ amount: usd, currency: 'USD' })
