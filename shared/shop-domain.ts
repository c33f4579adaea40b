/** A DNS label as Shopify gives it: nothing but the shop's name, so that no port, path, user or other host can hide in it. */
const SHOP = /^(?:https:\/\/)?([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.myshopify\.com)\/?$/i

/** The shop that a domain or https URL names, as `name.myshopify.com` in lower case; null when it names anything else. */
export const shopDomain = (text: string): string | null => SHOP.exec(text)?.[1]?.toLowerCase() ?? null
