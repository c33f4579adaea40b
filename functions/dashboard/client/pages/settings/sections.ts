export const SECTIONS = [
  { value: 'appearance', title: 'Appearance' },
  { value: 'company', title: 'Company' },
  { value: 'brands', title: 'Brands' },
  { value: 'users', title: 'Users' },
  { value: 'keys', title: 'API keys' },
] as const
export type Section = (typeof SECTIONS)[number]['value']

/** Which one a link means; anything else is the first. */
export function readSection(search: Record<string, unknown>): { section?: Section | undefined } {
  const known = SECTIONS.find(({ value }) => value === search.section)
  return known ? { section: known.value } : {}
}
