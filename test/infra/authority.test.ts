import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { LOGIN_ROLES } from '../../shared/db/migrate.ts'

const FunctionMap = z.strictObject({
  locals: z.looseObject({ functions: z.record(z.string(), z.looseObject({ db: z.string().optional() })) }),
})

type Resource = { file: string; name: string; text: string }

/** Top-level resources of a folder's Terraform files; terraform fmt keeps their closing braces in the first column. */
const resourcesIn = (folder: string): Resource[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.tf'))
    .flatMap((file) =>
      [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/^resource "(\w+)" "(\w+)" \{\n(.*?)^\}/gms)].map(
        ([, type, name, text = '']) => ({ file: `${folder}/${file}`, name: `${type}.${name}`, text }),
      ),
    )

const isGrant = ({ name }: Resource): boolean => /_iam_(member|binding|policy|audit_config)\./.test(name)
const given = (text: string, attribute: string): string =>
  new RegExp(`^\\s+${attribute}\\s+= (.+)$`, 'm').exec(text)?.[1]?.replaceAll('"', '') ?? ''
/** The role, on what, to whom. */
const grantsIn = (folder: string): string[] =>
  resourcesIn(folder)
    .filter(isGrant)
    .map(({ name, text }) => `${name}: ${given(text, 'role')} to ${given(text, 'member')}`)
    .sort()

describe('authority', () => {
  it('is given to a function in one place, which reads its line', () => {
    const own = 'google_service_account.this.member'
    expect(grantsIn('infra/modules/function').filter((grant) => grant.endsWith(own))).toEqual([
      `google_cloud_tasks_queue_iam_member.this: roles/cloudtasks.enqueuer to ${own}`,
      `google_project_iam_member.this: each.value to ${own}`,
      `google_pubsub_topic_iam_member.this: roles/pubsub.publisher to ${own}`,
      `google_secret_manager_secret_iam_member.this: roles/secretmanager.secretAccessor to ${own}`,
      `google_service_account_iam_member.delays: roles/iam.serviceAccountUser to ${own}`,
    ])
  })

  it('goes elsewhere only to what acts for it, and to what is no function', () => {
    expect(grantsIn('infra/modules/function').filter((grant) => !grant.includes('.this.member'))).toEqual([
      'google_cloud_run_v2_service_iam_member.waker: roles/run.invoker to google_service_account.waker[0].member',
      'google_pubsub_subscription_iam_member.dead_letters: roles/pubsub.subscriber to var.pubsub',
      'google_pubsub_topic_iam_member.later: roles/pubsub.publisher to google_service_account.later[0].member',
    ])
    expect(grantsIn('infra')).toEqual([
      `google_kms_crypto_key_iam_member.database: roles/cloudkms.cryptoKeyEncrypterDecrypter to serviceAccount:service-\${local.number}@gcp-sa-cloud-sql.iam.gserviceaccount.com`,
      `google_project_iam_member.deploy: roles/\${each.value} to google_service_account.deploy.member`,
      'google_project_iam_member.functions_build: each.value to google_service_account.functions_build.member',
      `google_project_iam_member.tenants_query: roles/bigquery.jobUser to principalSet://iam.googleapis.com/\${google_iam_workload_identity_pool.tenants.name}/*`,
      'google_pubsub_topic_iam_member.dead_letters: roles/pubsub.publisher to local.pubsub',
      'google_storage_bucket_iam_member.audit: roles/storage.objectCreator to google_logging_project_sink.audit.writer_identity',
    ])
    expect([...grantsIn('infra/modules/topic'), ...grantsIn('infra/tenants')]).toEqual([])
  })

  it('names for each function a role that owns nothing', () => {
    const { locals } = FunctionMap.parse(JSON.parse(readFileSync('infra/functions.tf.json', 'utf8')))
    const roles = Object.values(locals.functions).flatMap(({ db }) => (db ? [`pulsepoint_${db}`] : []))
    expect(roles.filter((role) => !LOGIN_ROLES.some((known) => known === role))).toEqual([])
  })
})

describe('what is declared once', () => {
  const FOLDERS = ['infra', 'infra/modules/function', 'infra/modules/topic', 'infra/tenants']
  const declared = FOLDERS.flatMap(resourcesIn)
  const named = (type: string) => declared.flatMap(({ name }) => (name.startsWith(`${type}.`) ? [name] : []))

  it('has no schema of the warehouse: datasets are empty, their tables are the code’s', () => {
    expect(named('google_bigquery_dataset').sort()).toEqual([
      'google_bigquery_dataset.platform',
      'google_bigquery_dataset.tenant',
    ])
    expect(named('google_bigquery_table')).toEqual([])
  })

  it('lets no message be lost: what is pushed ends in dead-letters, which somebody reads', () => {
    expect(named('google_pubsub_subscription')).toEqual([
      'google_pubsub_subscription.dead_letters',
      'google_pubsub_subscription.push',
    ])
    const [kept, push] = declared.filter(({ name }) => name.startsWith('google_pubsub_subscription.'))
    expect(given(push?.text ?? '', 'dead_letter_topic')).toBe('var.dead_letters')
    expect(readFileSync('infra/services.tf', 'utf8')).toMatch(/dead_letters\s+= module\.topic\["dead-letters"\]\.id/)
    expect(given(kept?.text ?? '', 'topic')).toBe('module.topic[dead-letters].id')
  })
})
