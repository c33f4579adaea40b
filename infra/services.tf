locals {
  # Requests an instance takes at once, and how many instances there may be. The sum of instances x pool is asserted.
  sizes = {
    api       = { concurrency = 40, min = 2, max = 40, memory = "1Gi" }
    mcp       = { concurrency = 40, min = 0, max = 10, memory = "512Mi" }
    dashboard = { concurrency = 80, min = 1, max = 10, memory = "512Mi" }
    sync      = { concurrency = 8, min = 0, max = 20, memory = "1Gi" }
    others    = { concurrency = 20, min = 0, max = 5, memory = "512Mi" }
  }
  size_of = { for name in keys(local.functions) : name => lookup(local.sizes, name, startswith(name, "sync-") ? local.sizes.sync : local.sizes.others) }

  # What Pub/Sub pushes: an entry of `on` is a named subscription or a topic.
  subscriptions_of = { for name, line in local.functions : name => {
    for entry in try(line.on, []) : (contains(keys(local.subscriptions), entry) ? entry : "${name}.${entry}") => {
      topic  = module.topic[try(local.subscriptions[entry].topic, entry)].id
      filter = try(local.subscriptions[entry].filter, "")
    }
  } }

  # "*" is every topic but that of the dead
  publishes = { for name, line in local.functions : name => contains(line.publishes, "*") ? local.live_topics : line.publishes }

  environment = merge(var.apps, {
    ENVIRONMENT          = { dev = "development", staging = "staging", prod = "production" }[var.environment]
    VERSION              = var.release
    GOOGLE_CLOUD_PROJECT = var.project
    GOOGLE_CLOUD_REGION  = var.region
    WAREHOUSE_IDENTITIES = google_iam_workload_identity_pool_provider.tenants.name
    TASKS_QUEUE          = google_cloud_tasks_queue.delayed_messages.name
    PUBLIC_URL           = "https://${var.domain}"
    DASHBOARD_URL        = "https://${var.domain}"
    ALLOWED_HOSTS        = var.domain
    ALLOWED_ORIGINS      = "https://${var.domain}"
    MAIL_FROM            = var.sender
    TRUSTED_HOPS         = "1"
  })
}

module "function" {
  source   = "./modules/function"
  for_each = local.functions

  name    = each.key
  project = var.project
  region  = var.region

  bundle         = "${var.bundles}/${each.key}"
  bucket         = google_storage_bucket.bundles.name
  images         = "${var.region}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.functions.repository_id}"
  build_identity = google_service_account.functions_build.id

  size = {
    concurrency = local.size_of[each.key].concurrency
    min         = var.instances.warm ? local.size_of[each.key].min : 0
    max         = max(1, ceil(local.size_of[each.key].max * var.instances.share))
    memory      = local.size_of[each.key].memory
  }
  environment = local.environment

  database = !can(each.value.db) ? null : {
    instance = google_sql_database_instance.main.name
    host     = google_sql_database_instance.main.private_ip_address
    replica  = var.database.replica && can(each.value.http) ? google_sql_database_instance.replica[0].private_ip_address : null
    ca       = local.database_authorities
    pool     = try(each.value.pool, 2)
  }
  network = {
    network    = google_compute_network.main.id
    subnetwork = google_compute_subnetwork.functions.id
  }

  is_front      = can(each.value.http)
  schedule      = try(each.value.schedule, null)
  subscriptions = local.subscriptions_of[each.key]
  dead_letters  = module.topic["dead-letters"].id
  pubsub        = local.pubsub

  publishes = { for topic in local.publishes[each.key] : topic => module.topic[topic].id }
  secrets   = { for secret in each.value.secrets : secret => google_secret_manager_secret.each[secret].id }
  roles     = try(each.value.roles, [])
  delays    = try(each.value.waits, false) ? google_cloud_tasks_queue.delayed_messages.name : null

  depends_on = [google_project_service.used, google_project_iam_member.functions_build]
}
