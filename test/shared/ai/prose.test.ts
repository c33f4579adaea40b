import { describe, expect, it } from 'vitest'
import { unprovenIn } from '../../../shared/ai/prose.ts'

describe('words of the model', () => {
  it.each([
    'One campaign stands out, and no one else comes close.',
    'First the answer, then why: both are provisional, the third is not.',
    'A single product brings most of it; once it is sold out, sales fall.',
    'Sales rose in the last quarter due to the sale, mainly in November.',
    'The manifold reasons are quality-driven; often a weekend is often weak.',
    'Café au lait and Größe XL are names.',
  ])('that point and do not measure are shown: %s', (text) => {
    expect(unprovenIn(text)).toEqual([])
  })

  it.each([
    'It was 7.',
    'It was ٧ or 七十.',
    'Half of it came from Meta.',
    'Twelve orders came.',
    'Sales doubled.',
    'A dozen campaigns ran.',
    'It is a quarter of the total.',
    'One order came.',
    'A single new customer came.',
    'It grew threefold.',
    'Sie verkauften zwölf Stück.',
    'Il y en a quatre.',
    'Phase XII was best.',
    'It cost € a lot.',
    'It was in dollars.',
    'It rose by percent.',
    'See https://example.com.',
    '![chart](x)',
    'tw\u200bo hundred',
    'ｔｗｏ of them',
    'Half\u00adway there, ten\u00ad of them',
    'Это было много.',
  ])('that say how much, or cannot be judged, are refused: %s', (text) => {
    expect(unprovenIn(text).length).toBeGreaterThan(0)
  })
})
