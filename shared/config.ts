import * as z from 'zod'
import { AppError } from './errors.ts'

/** Every environment variable the product reads, with its meaning. Secrets are not here: they come from Secret Manager. */
const VARIABLES = {
  /** development on a laptop and in tests, staging, production. */
  ENVIRONMENT: z.enum(['development', 'staging', 'production']).default('development'),
  /** Shown by /health and in every log line. */
  VERSION: z.string().default('0.1.0'),
  GOOGLE_CLOUD_PROJECT: z.string().min(1),
  GOOGLE_CLOUD_REGION: z.string().default('us-central1'),
  /** Where Google's APIs are answered instead of googleapis.com; unset in the cloud. */
  CLOUD_ENDPOINT: z.url().optional(),
  /** Resource name of the identity pool's provider that knows our tenants; BigQuery is read as one of them. */
  WAREHOUSE_IDENTITIES: z
    .string()
    .default('projects/1/locations/global/workloadIdentityPools/pulsepoint-tenants/providers/pulsepoint'),
  /** postgres:// URL of this function's own role. */
  DATABASE_URL: z.string().startsWith('postgres'),
  /** postgres:// URL of a read replica, with the same role; without one reads go to the primary. */
  DATABASE_REPLICA_URL: z.string().startsWith('postgres').optional(),
  /** PEM certificates of the authorities that the database's servers are known by; asked for where the URL has no password. */
  DATABASE_CA: z.string().includes('BEGIN CERTIFICATE'),
  /** Connections this instance may hold; Terraform asserts the sum over all functions. */
  DATABASE_POOL: z.coerce.number().int().min(1).max(100).default(2),
  /** Milliseconds that a front's request waits for a connection; what nobody waits for has 24 times as long. */
  DATABASE_WAIT_MS: z.coerce.number().int().min(1).default(5_000),
  /** Milliseconds added to the machine's clock, so that a recorded or generated past can be replayed. */
  CLOCK_OFFSET_MS: z.coerce.number().int().default(0),
  /** The queue that delays messages (it never calls our functions itself). */
  TASKS_QUEUE: z.string().default('delayed-messages'),
  /** In whose name it publishes them. */
  TASKS_IDENTITY: z.email().optional(),
  /** Hosts of the provider APIs; `{shop}` is the shop's domain. */
  SHOPIFY_URL: z.string().default('https://{shop}'),
  META_URL: z.url().default('https://graph.facebook.com'),
  TIKTOK_URL: z.url().default('https://business-api.tiktok.com'),
  GOOGLE_ADS_URL: z.url().default('https://googleads.googleapis.com'),
  /** Where the European Central Bank publishes its reference rates. */
  ECB_URL: z.url().default('https://www.ecb.europa.eu'),
  /** Where Claude is asked, by which model, and by which one when that one fails. */
  ANTHROPIC_URL: z.url().default('https://api.anthropic.com'),
  AI_MODEL: z.string().min(1).default('claude-sonnet-5-5'),
  AI_FALLBACK_MODEL: z.string().min(1).default('claude-haiku-5-5'),
  AI_EFFORT: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).default('low'),
  /** Where prompts are processed: data stays in one region. */
  AI_INFERENCE_GEO: z.string().min(1).default('us'),
  /** A question is answered, or refused, within this time. */
  AI_DEADLINE_MS: z.coerce.number().int().min(1).default(60_000),
  /** USD that all tenants' answers may cost on a day (UTC) before operators are told. */
  AI_COST_ALERT_PER_DAY: z.coerce.number().min(0).default(1_000),
  /** Rows of the provider (orders, days of a campaign) that a sync gathers for one commit: small pages share its cost. */
  COMMIT_NODES: z.coerce.number().int().min(1).default(1_000),
  /** What our app may ask of those providers that count by app: the basic level of each, more once they grant it. */
  TIKTOK_CALLS_PER_SECOND: z.coerce.number().int().min(1).default(10),
  GOOGLE_ADS_OPERATIONS_PER_DAY: z.coerce.number().int().min(1).default(15_000),
  /** Our apps at the providers; their secrets are in Secret Manager. */
  SHOPIFY_CLIENT_ID: z.string().default('pulsepoint-local'),
  META_CLIENT_ID: z.string().default('pulsepoint-local'),
  TIKTOK_CLIENT_ID: z.string().default('pulsepoint-local'),
  GOOGLE_ADS_CLIENT_ID: z.string().default('pulsepoint-local'),
  /** Where people are sent to allow the connection; `{shop}` is the shop's domain. */
  SHOPIFY_OAUTH_URL: z.string().default('https://{shop}'),
  META_OAUTH_URL: z.url().default('https://www.facebook.com'),
  TIKTOK_OAUTH_URL: z.url().default('https://business-api.tiktok.com'),
  GOOGLE_OAUTH_URL: z.url().default('https://accounts.google.com'),
  /** Where Google's tokens are given and renewed. */
  GOOGLE_TOKEN_URL: z.url().default('https://oauth2.googleapis.com'),
  /** A slice of work ends after this long and leaves a continuation. */
  SLICE_MS: z.coerce.number().int().min(1).default(120_000),
  /** Public origin of the API, for links in alerts and the OpenAPI document. */
  PUBLIC_URL: z.url().default('http://localhost:8080'),
  /** Public origin of the dashboard: where an OAuth round trip and the links in e-mails lead. */
  DASHBOARD_URL: z.url().default('http://localhost:8080'),
  /** Sender of our e-mails. */
  MAIL_FROM: z.string().default('Pulsepoint <no-reply@pulsepoint.example>'),
  /** Origins that webhooks may be sent to though they are private or plain http, comma separated; heeded in development alone. */
  WEBHOOK_PRIVATE_ORIGINS: z.string().default(''),
  /** Hosts the API answers to, comma separated; empty means any (the load balancer already decides). */
  ALLOWED_HOSTS: z.string().default(''),
  /** Origins allowed by CORS, comma separated. */
  ALLOWED_ORIGINS: z.string().default(''),
  /** Requests an address may make in a minute before it is known who asks. */
  IP_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).default(100),
  /** Proxies of ours that append to X-Forwarded-For. */
  TRUSTED_HOPS: z.coerce.number().int().min(0).default(1),
  /** How long a deleted tenant can be restored before it is erased. */
  DELETION_GRACE_DAYS: z.coerce.number().int().min(1).default(30),
  JWT_ISSUER: z.string().default('pulsepoint'),
  JWT_AUDIENCE: z.string().default('pulsepoint-api'),
} as const

type Variables = typeof VARIABLES
export type ConfigName = keyof Variables
type Value<N extends ConfigName> = z.output<Variables[N]>

const cache = new Map<ConfigName, unknown>()

/** One setting, parsed. Throws CONFIG_INVALID naming the variable and what it expects. */
export function config<N extends ConfigName>(name: N): Value<N> {
  if (!cache.has(name)) cache.set(name, parse(name))
  return cache.get(name) as Value<N> // parse() put the schema's own output under this name
}

/** Called first by every entry: all that is missing or wrong is said at once, not one deploy at a time. */
export function requireConfig(...names: ConfigName[]): void {
  const problems = names.flatMap((name) => {
    try {
      config(name)
      return []
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)]
    }
  })
  if (problems.length > 0) throw new AppError('CONFIG_INVALID', problems.join('\n'))
}

/** Forgets what was parsed, so that a test can change the environment. */
export const forgetConfig = (): void => cache.clear()

function parse(name: ConfigName): unknown {
  const raw = process.env[name]
  const parsed = VARIABLES[name].safeParse(raw === '' ? undefined : raw)
  if (parsed.success) return parsed.data
  const expected = parsed.error.issues.map((issue) => issue.message).join('; ')
  throw new AppError('CONFIG_INVALID', `${name} is ${raw === undefined ? 'missing' : 'wrong'}: ${expected}`)
}
