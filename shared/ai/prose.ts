/**
 * What the model may write itself: words. A digit of any script, a number word, a unit or a link is refused, since whatever
 * says how much must be a reference. These counting words are allowed, because they point and do not measure: "one" and
 * "single" before anything that is not counted in figures ("one campaign stands out"; not "one order"), "both", "once", and
 * the ordinals first, second, third, which order a list. Other scripts are refused: their number words are not known here.
 */
export function unprovenIn(prose: string): string[] {
  const text = plain(prose)
  return RULES.flatMap(({ pattern, why }) => [...text.matchAll(pattern)].map(([found]) => `${why}: "${found.trim()}"`))
}

/** As a reader sees it: one form for each letter, nothing invisible. */
export const plain = (text: string): string => text.normalize('NFKC').replace(/[\p{Cf}\p{Mn}]/gu, '')

const words = (list: string): string => list.trim().split(/\s+/).join('|')
const TEENS = 'thir four fif six seven eigh nine'.split(' ').map((stem) => `${stem}teen`)
const ENGLISH = `zero two three four five six seven eight nine ten eleven twelve ${TEENS.join(' ')} twenty thirty forty fifty sixty
  seventy eighty ninety hundred hundreds thousand thousands million millions billion billions trillion trillions dozen dozens
  half halves halved halving thirds twice thrice double doubled doubles doubling triple tripled triples tripling
  quadruple quadrupled tenth tenths fourth fifth sixth seventh eighth ninth hundredth nil`
/** Of the languages next to English in Latin script; articles (un, ein, uno) and words that are English too are left out. */
const OTHERS = `zwei drei vier fünf funf sechs sieben acht neun zehn elf zwölf zwolf zwanzig hundert tausend million millionen milliarde
  deux trois quatre cinq sept huit neuf dix onze douze vingt cent mille milliard dos tres cuatro cinco seis siete ocho nueve diez
  doce veinte cien ciento mil millón millon tre quattro cinque sei sette otto nove dieci dodici venti cento quatro sete oito
  dez vinte twee drie vijf zeven acht negen tien twaalf twintig honderd duizend`
const COUNTED = `percent percentage points? orders? units? customers? clicks? impressions? conversions? dollars? euros? pounds? yen days?
  weeks? months? years? times? items? sales? hundred thousand million`
const UNITS = 'percent dollars? euros? yen'
const CODES = 'usd eur gbp jpy cad aud chf sek nok dkk pln kwd inr cny idr krw brl mxn nzd sgd hkd'

const RULES: readonly { pattern: RegExp; why: string }[] = [
  { why: 'a digit', pattern: /[\p{L}\p{M}]*\p{N}[\p{N}\p{L}.,:%/-]*/gu },
  { why: 'a number word', pattern: new RegExp(`(?<![\\p{L}])(?:${words(`${ENGLISH} ${OTHERS}`)})(?![\\p{L}])`, 'giu') },
  {
    why: 'a number word',
    pattern:
      /(?<!\p{L})(?:(?:two|three|four|five|six|seven|eight|nine|ten|hundred|thousand)-?fold|(?:a|one)[ -](?:quarter|third)(?= of))(?!\p{L})/giu,
  },
  {
    why: 'a counted one',
    pattern: new RegExp(
      `(?<!\\p{L})(?:one|single|a|an) (?:\\p{L}+ )?(?:${words('hundred thousand million dozen')})(?!\\p{L})`,
      'giu',
    ),
  },
  {
    why: 'a counted one',
    pattern: new RegExp(`(?<!\\p{L})(?:one|single) (?:\\p{L}+ )?(?:${words(COUNTED)})(?!\\p{L})`, 'giu'),
  },
  { why: 'a Roman number', pattern: /(?<!\p{L})[IVX]{2,}(?!\p{L})/gu },
  { why: 'a unit, which comes with the reference', pattern: /\p{Sc}|%|‰/gu },
  {
    why: 'a unit, which comes with the reference',
    pattern: new RegExp(`(?<!\\p{L})(?:${words(`${UNITS} ${CODES}`)})(?!\\p{L})`, 'giu'),
  },
  { why: 'a link', pattern: /https?:|www\.|\]\(|<\w+/giu },
  { why: 'another script', pattern: /(?=\p{L})[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+/gu },
]
