import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KEPT_PARAMETERS, type Touch, touchOf, type Visit } from '../../../shared/attribution/touch.ts'

const visit = (landing_page: string | null, more: Partial<Visit> = {}): Visit => ({
  landing_page,
  referrer_url: null,
  source: null,
  tactic: null,
  utm: null,
  ...more,
})
const landing = (query: string): string => `https://unit.example/products/mug?${query}`
const verdict = ({ bucket, provider }: Touch): string => (provider === null ? bucket : `${bucket} ${provider}`)
const hints = ({ campaign_id_hint, campaign_name_hint }: Touch) => [campaign_id_hint, campaign_name_hint]

describe('bucket and provider', () => {
  it.each([
    ['utm_source=facebook&utm_medium=paid_social&utm_id=120208325579370399', 'paid meta'],
    ['utm_source=Facebook&utm_medium=Paid_Social', 'paid meta'],
    ['utm_source=facebok&utm_medium=paid_social', 'paid meta'],
    ['utm_source=fb&utm_medium=cpc&utm_campaign=120208325579370399', 'paid meta'],
    ['utm_source=IG&utm_medium=paidsocial', 'paid meta'],
    ['utm_source=instagram_stories&utm_medium=ads', 'paid meta'],
    ['utm_source=meta-ads&utm_medium=paid', 'paid meta'],
    ['utm_source=facebook&utm_medium=social&utm_id=120208325579370399', 'paid meta'],
    ['fbclid=IwAR1&utm_medium=cpc', 'paid meta'],
    ['fbclid=IwAR1', 'organic meta'],
    ['fbclid=IwAR1&utm_source=facebook&utm_medium=social', 'organic meta'],
    ['utm_source=facebook&utm_medium=organic&utm_campaign=120208325579370399', 'organic meta'],
    ['gclid=Cj0KCQ', 'paid google-ads'],
    ['gbraid=1', 'paid google-ads'],
    ['wbraid=1', 'paid google-ads'],
    ['GCLID=Cj0KCQ', 'paid google-ads'],
    ['gad_campaignid=21000000001&gad_source=1', 'paid google-ads'],
    ['gclid=1&fbclid=2', 'paid google-ads'],
    ['utm_source=google&utm_medium=cpc', 'paid google-ads'],
    ['utm_source=adwords&utm_medium=ppc', 'paid google-ads'],
    ['utm_source=goolge&utm_medium=cpc', 'paid google-ads'],
    ['utm_source=google&utm_medium=organic', 'organic'],
    ['ttclid=E.C.P.1', 'paid tiktok'],
    ['utm_source=tt&utm_medium=paid', 'paid tiktok'],
    ['utm_source=Tik%20Tok&utm_medium=cpm', 'paid tiktok'],
    ['utm_source=tiktok&utm_medium=bio', 'organic tiktok'],
    ['hsa_cam=120208325579370399&hsa_net=facebook', 'paid meta'],
    ['hsa_cam=21000000001&hsa_net=adwords', 'paid google-ads'],
    ['utm_source=bing&utm_medium=cpc', 'paid'],
    ['msclkid=1', 'paid'],
    ['utm_source=newsletter&utm_medium=email&utm_campaign=20261124', 'email'],
    ['utm_source=klaviyo&utm_medium=flow', 'email'],
    ['utm_source=flows&utm_medium=E-Mail', 'email'],
    ['utm_source=shop&utm_medium=sms', 'email'],
    ['utm_source=newsletter&utm_id=123456789012', 'email'],
    ['utm_source=daily-mail&utm_medium=link', 'organic'],
    ['utm_source=blog&utm_campaign=2026', 'organic'],
    ['utm_id=120208325579370399', 'paid'],
    ['utm_source=blog&utm_id=120208325579370399', 'organic'],
    ['utm_campaign=20261124', 'direct'],
    ['gad_source=1', 'direct'],
    ['utm_source=facebook&utm_medium=social&utm_campaign=Spring', 'organic meta'],
    ['utm_source=partner&utm_medium=affiliate', 'organic'],
    ['utm_source=(direct)&utm_medium=(none)', 'direct'],
    ['utm_source=metal-magazine', 'organic'],
    ['utm_source=table&utm_medium=unpaid', 'organic'],
    ['', 'direct'],
  ])('%s: %s', (query, expected) => {
    expect(verdict(touchOf(visit(landing(query))))).toBe(expected)
  })

  it.each<[string, Partial<Visit>, string]>([
    ['a search result', { source: 'google', tactic: 'SEO', referrer_url: 'https://www.google.com/' }, 'organic'],
    ['a link on another site', { source: 'referral', referrer_url: 'https://gift-guide.example/best-of/' }, 'organic'],
    ['a network without an ad', { source: 'facebook', referrer_url: 'https://l.facebook.com/' }, 'organic meta'],
    ["the shop's own pages", { source: 'direct', referrer_url: 'https://unit.example/cart' }, 'direct'],
    ['nothing known', { source: 'unknown' }, 'direct'],
    ['an ad by the word of the shop', { source: 'facebook', tactic: 'AD' }, 'paid meta'],
    ['a newsletter by the word of the shop', { source: 'shopify_email', tactic: 'NEWSLETTER' }, 'email'],
    [
      'UTM values that the shop parsed',
      { utm: { source: 'tiktok', medium: 'paid', campaign: 'Spark' } },
      'paid tiktok',
    ],
  ])('%s', (_, more, expected) => {
    expect(verdict(touchOf(visit('https://unit.example/', more)))).toBe(expected)
  })
})

describe('campaign hints', () => {
  it.each([
    ['gad_campaignid=1&hsa_cam=2&utm_id=3&utm_campaign=4', ['1', '4']],
    ['hsa_cam=2&utm_id=3', ['2', null]],
    ['utm_id=3&utm_campaign=Spring%20Sale', ['3', 'Spring Sale']],
    ['utm_campaign=120208325579370399', ['120208325579370399', '120208325579370399']],
    ['utm_id=abc&utm_campaign=Winter', [null, 'Winter']],
    ['utm_id=%7B%7Bcampaign.id%7D%7D&utm_campaign=__CAMPAIGN_NAME__', [null, null]],
    ['gclid=Cj0KCQ', [null, null]],
  ])('of %s', (query, expected) => {
    expect(hints(touchOf(visit(landing(query))))).toEqual(expected)
  })
})

describe('what is kept', () => {
  it('is the listed parameters, the first of each, and no address of a person', () => {
    const query =
      'utm_source=fb&utm_source=second&email=jo%40unit.example&token=s3cret&utm_content=jo%40unit.example&Utm_Term=Mug'
    const { parameters } = touchOf(visit(landing(query), { utm: { source: 'third', campaign: 'Spring' } }))
    expect(parameters).toEqual({ utm_source: 'fb', utm_term: 'Mug', utm_campaign: 'Spring' })
  })

  it('has a bound, and nothing that the database refuses', () => {
    const { parameters } = touchOf(
      visit(landing(`utm_campaign=${'x'.repeat(9000)}&utm_term=a%00b`), { utm: { content: 'c\ud800' } }),
    )
    expect([parameters.utm_campaign?.length, parameters.utm_term, parameters.utm_content]).toEqual([
      500,
      'ab',
      'c\ufffd',
    ])
  })

  it('of a referrer is the host alone', () => {
    expect(touchOf(visit(null, { referrer_url: 'https://user:pw@Blog.example:8443/post?id=1#x' })).referrer_host).toBe(
      'blog.example',
    )
  })

  it('of a landing page without a host is the same', () => {
    expect(touchOf(visit('/products/mug?gclid=1'))).toMatchObject({ bucket: 'paid', parameters: { gclid: '1' } })
  })
})

it('never throws, and keeps nothing but what is listed', () => {
  const text = fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl({ withQueryParameters: true })), {
    nil: null,
  })
  const utm = fc.option(fc.record({ source: text, medium: text, campaign: text, content: text, term: text }), {
    nil: null,
  })
  fc.assert(
    fc.property(fc.record({ landing_page: text, referrer_url: text, source: text, tactic: text, utm }), (one) => {
      const touch = touchOf(one)
      expect(Object.keys(touch.parameters).every((name) => KEPT_PARAMETERS.has(name))).toBe(true)
      expect(Object.values(touch.parameters).every((value) => value.isWellFormed() && value.length <= 500)).toBe(true)
    }),
    { numRuns: 50 },
  )
})
