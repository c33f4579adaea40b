# All that the function may do.
locals {
  roles = toset(concat(
    ["roles/logging.logWriter"],
    var.database == null ? [] : ["roles/cloudsql.client", "roles/cloudsql.instanceUser"],
    [for role in var.roles : "roles/${role}"],
  ))
}

resource "google_service_account" "this" {
  account_id   = "fn-${var.name}"
  display_name = var.name
}

resource "google_project_iam_member" "this" {
  for_each = local.roles

  project = var.project
  role    = each.value
  member  = google_service_account.this.member
}

resource "google_pubsub_topic_iam_member" "this" {
  for_each = var.publishes

  topic  = each.value
  role   = "roles/pubsub.publisher"
  member = google_service_account.this.member
}

resource "google_secret_manager_secret_iam_member" "this" {
  for_each = var.secrets

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.this.member
}

# Its name in Postgres; the migration gives it the role that its line names.
resource "google_sql_user" "this" {
  count = var.database == null ? 0 : 1

  name     = local.account
  instance = var.database.instance
  type     = "CLOUD_IAM_SERVICE_ACCOUNT"
}

resource "google_cloud_tasks_queue_iam_member" "this" {
  count = var.delays == null ? 0 : 1

  name     = var.delays
  location = var.region
  role     = "roles/cloudtasks.enqueuer"
  member   = google_service_account.this.member
}

# Publishes what it delayed, where it may publish itself: Cloud Tasks acts in this name.
resource "google_service_account" "later" {
  count = var.delays == null ? 0 : 1

  account_id   = "later-${var.name}"
  display_name = "Publishes what ${var.name} delayed"
}

resource "google_pubsub_topic_iam_member" "later" {
  for_each = var.delays == null ? {} : var.publishes

  topic  = each.value
  role   = "roles/pubsub.publisher"
  member = google_service_account.later[0].member
}

resource "google_service_account_iam_member" "delays" {
  count = var.delays == null ? 0 : 1

  service_account_id = google_service_account.later[0].name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.this.member
}
