import { type AdNetwork, isEmail, isNamed, isPaid, networkOf } from './source-names.ts'

/** One visit as a shop tells it: raw URLs, and the UTM values where the shop has parsed them. */
export type Visit = {
  landing_page: string | null
  referrer_url: string | null
  /** The shop's own word for where the visit came from: "facebook", "direct", a domain. */
  source: string | null
  /** The shop's own word for the kind of marketing, where it knows one: "AD", "NEWSLETTER". */
  tactic: string | null
  utm: Readonly<Partial<Record<'source' | 'medium' | 'campaign' | 'content' | 'term', string | null>>> | null
}

/** What a visit says about marketing. `campaign_*_hint` are claims of the link, not yet a campaign. */
export type Touch = {
  bucket: 'paid' | 'organic' | 'email' | 'direct'
  provider: AdNetwork | null
  campaign_id_hint: string | null
  campaign_name_hint: string | null
  parameters: Record<string, string>
  /** null for visits from nowhere and from the shop itself. */
  referrer_host: string | null
}

/** All that is ever kept of a URL. */
export const KEPT_PARAMETERS: ReadonlySet<string> = new Set([
  ...['utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term', 'utm_id'],
  ...['gclid', 'gbraid', 'wbraid', 'ttclid', 'fbclid', 'msclkid'],
  ...['gad_campaignid', 'gad_source', 'hsa_cam', 'hsa_net'],
])
const UTM_NAMES = ['source', 'medium', 'campaign', 'content', 'term'] as const
const MAX_LENGTH = 500
// A placeholder that the ad platform did not fill in: {{campaign.id}}, {campaignid}, __CAMPAIGN_ID__.
const MACRO = /^\{.*\}$|^__.*__$/
const EMAIL_ADDRESS = /[^\s@]@[^\s@]+\.[a-z]/i
const DIGITS = /^\d{1,20}$/
// Shorter numbers in utm_id or utm_campaign are dates and counters as often as ids.
const LONG_DIGITS = /^\d{9,20}$/

/** Bucket, provider, campaign hints and allow-listed parameters of one visit. Never throws, whatever the URLs are. */
export function touchOf(visit: Visit): Touch {
  const landing = parsedUrl(visit.landing_page)
  const parameters = parametersOf(visit, landing)
  const referrer_host = referrerHost(visit.referrer_url, landing)
  const origin = originOf(visit, { parameters, referrer_host })
  return {
    ...origin,
    campaign_id_hint: campaignId(parameters),
    campaign_name_hint: parameters.utm_campaign ?? null,
    parameters,
    referrer_host,
  }
}

type Seen = { parameters: Readonly<Record<string, string>>; referrer_host: string | null }

function originOf(visit: Visit, seen: Seen): Pick<Touch, 'bucket' | 'provider'> {
  const { parameters, referrer_host } = seen
  const source = parameters.utm_source ?? visit.source
  const medium = parameters.utm_medium ?? null
  const network =
    networkOf(parameters.utm_source) ??
    networkOf(visit.source) ??
    (parameters.fbclid === undefined ? null : 'meta') ??
    networkOf(referrer_host)
  const clicked = clickedNetwork(parameters)
  if (clicked) return { bucket: 'paid', provider: clicked }
  if (parameters.hsa_cam !== undefined) return { bucket: 'paid', provider: networkOf(parameters.hsa_net) ?? network }
  if (isPaid(medium) || isPaid(visit.tactic)) return { bucket: 'paid', provider: network }
  if (isEmail({ medium, source, tactic: visit.tactic })) return { bucket: 'email', provider: null }
  // A bare id tells whose it is once the campaign is known; of somebody else's link it may be any number.
  if (namesCampaign(parameters) && (network !== null || !(isNamed(source) || isNamed(medium))))
    return { bucket: 'paid', provider: network }
  if (parameters.msclkid !== undefined) return { bucket: 'paid', provider: null }
  if (network !== null || referrer_host !== null || isNamed(source) || isNamed(medium)) {
    // Google's own name is kept for its ads: a search result is nobody's campaign.
    return { bucket: 'organic', provider: network === 'google-ads' ? null : network }
  }
  return { bucket: 'direct', provider: null }
}

/** Click ids that only ads get; fbclid comes with unpaid clicks too. */
function clickedNetwork(parameters: Seen['parameters']): AdNetwork | null {
  const { gclid, gbraid, wbraid, gad_campaignid, ttclid } = parameters
  if (gclid ?? gbraid ?? wbraid ?? gad_campaignid) return 'google-ads'
  return ttclid === undefined ? null : 'tiktok'
}

const ORGANIC_MEDIUM = /^(organic|referral)/i

const namesCampaign = ({ utm_id, utm_campaign, utm_medium }: Seen['parameters']): boolean =>
  !ORGANIC_MEDIUM.test(utm_medium ?? '') && [utm_id, utm_campaign].some((id) => LONG_DIGITS.test(id ?? ''))

const campaignId = ({ gad_campaignid, hsa_cam, utm_id, utm_campaign }: Seen['parameters']): string | null =>
  [gad_campaignid, hsa_cam, utm_id, utm_campaign].find((id) => id !== undefined && DIGITS.test(id)) ?? null

function parametersOf({ utm }: Visit, landing: URL | null): Record<string, string> {
  const kept: Record<string, string> = {}
  const keep = (name: string, raw: string): void => {
    const value = plainText(raw)
    if (value === '' || name in kept || MACRO.test(value) || EMAIL_ADDRESS.test(value)) return
    kept[name] = value
  }
  for (const [name, value] of landing?.searchParams ?? []) {
    if (KEPT_PARAMETERS.has(name.toLowerCase())) keep(name.toLowerCase(), value)
  }
  for (const name of UTM_NAMES) keep(`utm_${name}`, utm?.[name] ?? '')
  return kept
}

/** Without control characters and halves of characters, which the database refuses. */
const plainText = (raw: string): string =>
  raw
    .toWellFormed()
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, MAX_LENGTH)
    .toWellFormed()

/** Landing pages may come as a path alone. */
const parsedUrl = (text: string | null): URL | null => (text === null ? null : URL.parse(text, 'https://path.invalid'))

function referrerHost(referrerUrl: string | null, landing: URL | null): string | null {
  const host = referrerUrl === null ? null : (URL.parse(referrerUrl)?.hostname.toLowerCase() ?? null)
  return host === null || host === '' || host === landing?.hostname.toLowerCase() ? null : host.slice(0, MAX_LENGTH)
}
