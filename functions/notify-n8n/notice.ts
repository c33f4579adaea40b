/** One call of n8n: `path` below the tenant's URL; the same `id` is sent once. */
export type Notice = {
  path: 'recommendations-ready' | 'data-available' | 'alert-raised'
  id: string
  body: { tenant_id: string } & Readonly<Record<string, unknown>>
}
