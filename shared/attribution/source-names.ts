/** The ad platforms by the names that connections carry. */
export type AdNetwork = 'meta' | 'tiktok' | 'google-ads'

/** How merchants and shops write the networks, one word each. */
const NETWORKS: ReadonlyMap<string, AdNetwork> = new Map([
  ...words('meta facebook fb instagram ig insta messenger audiencenetwork facebookads fbads metaads', 'meta'),
  ...words('tiktok tt tiktokads', 'tiktok'),
  ...words('google adwords googleads gads youtube', 'google-ads'),
])
/** Names long enough that one wrong letter still means them. */
const LONG_NAMES = [...NETWORKS.keys()].filter((name) => name.length >= 6)
const PAID_WORDS = new Set(
  'cpc ppc cpm cpv cpa sem ad ads psocial retargeting remarketing display banner sponsored pmax'.split(' '),
)
const EMAIL_SOURCES = 'email newsletter sms klaviyo mailchimp omnisend attentive postscript'.split(' ')
// As a source these are names of others too: the Daily Mail is no newsletter.
const EMAIL_MEDIA = [...EMAIL_SOURCES, 'mail', 'push', 'whatsapp']
const EMAIL_TACTICS = new Set(['abandoned_cart', 'newsletter', 'transactional', 'email'])
const NO_NAME = new Set(['', 'direct', 'none', 'unknown', 'notset'])

function words(names: string, network: AdNetwork): [string, AdNetwork][] {
  return names.split(' ').map((name) => [name, network])
}

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')

/** The network that a source, referrer host or link tag means, in any case and with one wrong letter; null for others. */
export function networkOf(text: string | null | undefined): AdNetwork | null {
  const found = wordsOf(text ?? '')
  for (const word of [...found, found.join('')]) {
    const network = NETWORKS.get(word)
    if (network) return network
  }
  const meant = found.flatMap((word) => LONG_NAMES.filter((name) => isOneEditAway(word, name)))[0]
  return NETWORKS.get(meant ?? '') ?? null
}

/** Whether a medium, or the shop's own kind of marketing, means that the click was bought. */
export const isPaid = (medium: string | null): boolean =>
  wordsOf(medium ?? '').some((word) => PAID_WORDS.has(word) || word.startsWith('paid'))

/** E-mail and the other channels that a shop owns: text messages, push. */
export function isEmail(visit: { medium: string | null; source: string | null; tactic: string | null }): boolean {
  const names = (text: string | null, known: readonly string[]): boolean => {
    const parts = wordsOf(text ?? '')
    return [...parts, parts.join('')].some((word) => known.includes(word))
  }
  if (EMAIL_TACTICS.has((visit.tactic ?? '').toLowerCase())) return true
  return names(visit.medium, EMAIL_MEDIA) || names(visit.source, EMAIL_SOURCES)
}

/** Whether a source or medium names anything at all. */
export const isNamed = (text: string | null): boolean => !NO_NAME.has(wordsOf(text ?? '').join(''))

/** One letter wrong, missing, too many, or two neighbours swapped. */
function isOneEditAway(word: string, name: string): boolean {
  if (Math.abs(word.length - name.length) > 1) return false
  let at = 0
  while (at < word.length && word[at] === name[at]) at += 1
  const rests = [
    [word.slice(at + 1), name.slice(at + 1)],
    [word.slice(at), name.slice(at + 1)],
    [word.slice(at + 1), name.slice(at)],
    [`${word[at + 1]}${word[at]}${word.slice(at + 2)}`, name.slice(at)],
  ]
  return rests.some(([left, right]) => left === right)
}
