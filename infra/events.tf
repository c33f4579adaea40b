locals {
  live_topics = [for topic in local.topics : topic if topic != "dead-letters"]
  pubsub      = "serviceAccount:${google_project_service_identity.pubsub.email}"
}

# Of a new project it is not there until somebody asks for it, and nothing can be granted to it.
resource "google_project_service_identity" "pubsub" {
  provider = google-beta
  service  = "pubsub.googleapis.com"

  depends_on = [google_project_service.used]
}

module "topic" {
  source   = "./modules/topic"
  for_each = toset(local.topics)

  name = each.value

  depends_on = [google_project_service.used]
}

# Kept until somebody has looked at them: npm run replay lists and republishes them.
resource "google_pubsub_subscription" "dead_letters" {
  name                       = "dead-letters"
  topic                      = module.topic["dead-letters"].id
  message_retention_duration = "2678400s" # 31 days
  ack_deadline_seconds       = 60

  expiration_policy {
    ttl = ""
  }
}

# Pub/Sub itself moves what failed ten times.
resource "google_pubsub_topic_iam_member" "dead_letters" {
  topic  = module.topic["dead-letters"].id
  role   = "roles/pubsub.publisher"
  member = local.pubsub
}

# Delays messages, nothing else: the target is Pub/Sub's own publish endpoint, in a name of the function that delays them.
resource "google_cloud_tasks_queue" "delayed_messages" {
  name     = "delayed-messages"
  location = var.region

  rate_limits {
    max_dispatches_per_second = 500
    max_concurrent_dispatches = 500
  }
  retry_config {
    max_attempts = 100
    min_backoff  = "1s"
    max_backoff  = "60s"
  }

  depends_on = [google_project_service.used]
}
