import type { DemoBrand } from './demo-brands.ts'
import { exponentOf, type Minor, split } from './money.ts'
import { cumulate, type Random } from './random.ts'

/** The best seller, which runs low, and the second, which is out of stock: the rest is left to chance. */
const BEST_SELLERS_COVER_DAYS = [5, 0]

export type Variant = {
  number: number
  product: Product
  sku: string
  title: string
  price: Minor
  /** null: the merchant never filled it in. */
  unitCost: Minor | null
  tracked: boolean
  /** Units on the shelf when the history ends, by location. */
  stock: number[]
}

export type Product = {
  /** Among the shop's own, from 1. */
  number: number
  /** Unlike any other shop's. */
  id: number
  title: string
  handle: string
  type: string
  status: 'ACTIVE' | 'ARCHIVED' | 'DRAFT'
  isGiftCard: boolean
  variants: Variant[]
}

export type Catalogue = {
  products: Product[]
  locations: readonly { number: number; name: string }[]
  /** Sold variants and their popularity, for drawing a basket. */
  variants: Variant[]
  popularity: number[]
  giftCards: Variant[]
}

const slug = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

function priceOf(brand: DemoBrand, chance: Random): Minor {
  const minor = brand.meanPrice * 10 ** exponentOf(brand.currency) * Math.exp(0.45 * chance.normal() - 0.1)
  return Math.max(1, Math.round(minor / brand.priceStep)) * brand.priceStep
}

function variantsOf(product: Product, brand: DemoBrand, context: { chance: Random; base: number }): Variant[] {
  const { chance } = context
  const price = priceOf(brand, chance)
  const options = chance.chance(0.3) ? ['Default Title'] : brand.options
  return options.map((title, index) => ({
    number: context.base + product.number * 10 + index,
    product,
    sku: `${brand.handle.slice(0, 3).toUpperCase()}-${product.number}-${index + 1}`,
    title,
    price: price + (options.length > 2 ? index * brand.priceStep : 0),
    unitCost: chance.chance(0.15) ? null : Math.round(price * (0.28 + 0.3 * chance.next())),
    tracked: !chance.chance(0.05),
    stock: [],
  }))
}

function giftCard(number: number, base: number, amount: Minor): Product {
  const product: Product = {
    number,
    id: base + number,
    title: 'Gift card',
    handle: 'gift-card',
    type: 'Gift card',
    status: 'ACTIVE',
    isGiftCard: true,
    variants: [],
  }
  product.variants = [
    {
      number: base + number * 10,
      product,
      sku: '',
      title: 'Default Title',
      price: amount,
      unitCost: null,
      tracked: false,
      stock: [],
    },
  ]
  return product
}

/** Some days, weeks or months of what usually sells. One in six is about to run out or has, so that stock alerts have something to say. */
function coverDays(chance: Random): number {
  const draw = chance.next()
  if (draw < 0.05) return 0
  return draw < 0.16 ? 2 + 9 * chance.next() : 25 + 110 * chance.next()
}

/** Most of it in the first location. */
function fillShelves(catalogue: Catalogue, dailyUnits: number, chance: Random): void {
  const { variants, popularity, locations } = catalogue
  const shares = popularity.map((sum, index) => (sum - (popularity[index - 1] ?? 0)) / (popularity.at(-1) ?? 1))
  const ranked = variants.map((variant, index) => ({ variant, perDay: (shares[index] ?? 0) * dailyUnits }))
  ranked.sort((a, b) => b.perDay - a.perDay)
  for (const [rank, { variant, perDay }] of ranked.entries()) {
    const days = BEST_SELLERS_COVER_DAYS[rank] ?? coverDays(chance)
    const least = days > 20 ? chance.int(2, 12) : 0
    variant.stock = split(least + Math.ceil(days * perDay), locations.length > 1 ? [0.8, 0.2] : [1])
  }
}

/** `base` keeps the ids of different shops apart; `dailyUnits` is what the shop sells on a usual day. */
export function catalogue(
  brand: DemoBrand,
  { base, dailyUnits }: { base: number; dailyUnits: number },
  chance: Random,
): Catalogue {
  const locations = [
    { number: base + 1, name: 'Warehouse' },
    { number: base + 2, name: 'Shop floor' },
  ].slice(0, chance.int(1, 2))
  const products: Product[] = []
  for (const adjective of brand.adjectives) {
    for (const noun of brand.nouns) {
      const title = `${adjective} ${noun}`
      const status = chance.chance(0.04) ? 'ARCHIVED' : 'ACTIVE'
      const number = products.length + 1
      const product: Product = {
        number,
        id: base + number,
        title,
        handle: slug(title),
        type: noun,
        status,
        isGiftCard: false,
        variants: [],
      }
      product.variants = variantsOf(product, brand, { chance, base })
      products.push(product)
    }
  }
  const card = giftCard(products.length + 1, base, Math.round(brand.meanPrice) * 10 ** exponentOf(brand.currency))
  const variants = products.flatMap((product) => product.variants)
  // Popularity falls off as in real shops: a few best sellers, a long tail.
  const popularity = cumulate(variants.map(() => Math.exp(1.1 * chance.normal())))
  const made = { products: [...products, card], locations, variants, popularity, giftCards: card.variants }
  fillShelves(made, dailyUnits, chance)
  return made
}
