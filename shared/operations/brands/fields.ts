import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { shopDomain } from '../../shop-domain.ts'
import { isCurrency, isTimeZone } from '../../units.ts'
import { fieldErrors } from '../call.ts'
import { name, text } from '../text.ts'

/** The constraint that keeps two brands of a tenant from having one name. */
export const ONE_NAME = 'brands_tenant_id_name_key'

export const Name = name(200)

/** Region/City or UTC: abbreviations and offsets mean different things to different machines. */
export const TimeZone = text(64)
  .refine((name) => (name === 'UTC' || name.includes('/')) && isTimeZone(name), 'Not an IANA time zone.')
  .describe('IANA name such as Europe/Berlin, or UTC.')

export const Currency = text(3).refine(isCurrency, 'Not an ISO 4217 code.').describe('ISO 4217, such as EUR.')

/** As it is kept: `https://name.myshopify.com`, in lower case, with nothing after it. */
export const ShopUrl = text(200)
  .refine((url) => shopDomain(url) !== null, 'Not a shop; expected https://name.myshopify.com.')
  .overwrite((url) => `https://${shopDomain(url) ?? url}`)
  .describe('https://name.myshopify.com')

/** The database counts days too, so it must know the zone as well, by exactly this name. */
export async function requireZone(db: Db, zone: string, field = 'time_zone'): Promise<void> {
  const known = await db.one(sql`select name from pg_timezone_names where name = ${zone}`)
  if (!known) throw fieldErrors({ [field]: ['Not an IANA time zone.'] })
}

export const nameTaken = (): AppError =>
  new AppError('CONFLICT', 'Another brand has this name; choose a different one.')
