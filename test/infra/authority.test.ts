import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

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

const isGrant = ({ name }: Resource): boolean => /_iam_(member|binding|policy)\./.test(name)
const grantsIn = (folder: string): string[] =>
  resourcesIn(folder)
    .filter(isGrant)
    .map(({ name, text }) => `${name} to ${/^\s+member\s+= (.+)$/m.exec(text)?.[1]}`)
    .sort()

describe('authority', () => {
  it('is given to a function in one place, which reads its line', () => {
    const own = 'google_service_account.this.member'
    expect(grantsIn('infra/modules/function').filter((grant) => grant.endsWith(own))).toEqual([
      `google_cloud_tasks_queue_iam_member.this to ${own}`,
      `google_project_iam_member.this to ${own}`,
      `google_pubsub_topic_iam_member.this to ${own}`,
      `google_secret_manager_secret_iam_member.this to ${own}`,
      `google_service_account_iam_member.delays to ${own}`,
    ])
  })

  it('goes elsewhere only to what is no function', () => {
    expect(grantsIn('infra/modules/function').filter((grant) => !grant.includes('.this.member'))).toEqual([
      'google_cloud_run_v2_service_iam_member.waker to google_service_account.waker[0].member',
      'google_pubsub_subscription_iam_member.dead_letters to var.pubsub',
    ])
    expect(grantsIn('infra')).toEqual([
      `google_kms_crypto_key_iam_member.database to "serviceAccount:service-\${local.number}@gcp-sa-cloud-sql.iam.gserviceaccount.com"`,
      'google_project_iam_member.deploy to google_service_account.deploy.member',
      'google_project_iam_member.functions_build to google_service_account.functions_build.member',
      `google_project_iam_member.tenants_query to "principalSet://iam.googleapis.com/\${google_iam_workload_identity_pool.tenants.name}/*"`,
      'google_pubsub_topic_iam_member.dead_letters to local.pubsub',
      'google_pubsub_topic_iam_member.delayed_messages to google_service_account.delayed_messages.member',
      'google_storage_bucket_iam_member.audit to google_logging_project_sink.audit.writer_identity',
    ])
    expect([...grantsIn('infra/modules/topic'), ...grantsIn('infra/tenants')]).toEqual([])
  })
})
