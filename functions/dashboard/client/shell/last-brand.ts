const STORED = 'pulsepoint.brand'

/** What the days of a brand are told by. */
export type BrandKey = { id: string; time_zone: string }

/** The brand that was looked at last in this browser, which ends with the session; no secret. */
export function lastBrand(): BrandKey | null {
  const [id, time_zone] = localStorage.getItem(STORED)?.split(' ') ?? []
  return id && time_zone ? { id, time_zone } : null
}

export const keepBrand = ({ id, time_zone }: BrandKey): void => localStorage.setItem(STORED, `${id} ${time_zone}`)

export const forgetBrand = (): void => localStorage.removeItem(STORED)
