locals {
  # an editor, and what editors may not: authority over what they make
  deploy_roles = [
    "editor", "bigquery.admin", "cloudbuild.workerPoolUser", "cloudkms.admin", "cloudsql.admin", "cloudtasks.admin",
    "iam.serviceAccountAdmin", "iam.serviceAccountUser", "iam.workloadIdentityPoolAdmin", "logging.configWriter",
    "pubsub.admin", "resourcemanager.projectIamAdmin", "run.admin", "secretmanager.admin",
    "servicenetworking.networksAdmin", "serviceusage.serviceUsageAdmin", "storage.admin",
  ]
  source = var.repository == null ? null : "https://github.com/${var.repository.owner}/${var.repository.name}"
}

resource "google_storage_bucket" "bundles" {
  name                        = "${var.project}-bundles"
  location                    = var.region
  force_destroy               = true # all of it is built again
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }
  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      num_newer_versions = 5
    }
  }
}

resource "google_artifact_registry_repository" "functions" {
  repository_id = "functions"
  location      = var.region
  format        = "DOCKER"

  cleanup_policies {
    id     = "keep-ten"
    action = "KEEP"
    most_recent_versions {
      keep_count = 10
    }
  }

  depends_on = [google_project_service.used]
}

# Makes a function's image of its bundle.
resource "google_service_account" "functions_build" {
  account_id   = "functions-build"
  display_name = "Builds the functions' images"
}

resource "google_project_iam_member" "functions_build" {
  for_each = toset(["roles/logging.logWriter", "roles/artifactregistry.writer", "roles/storage.objectViewer"])

  project = var.project
  role    = each.value
  member  = google_service_account.functions_build.member
}

# Runs cloudbuild.yaml: it changes the whole platform, so nobody may become it but Cloud Build.
resource "google_service_account" "deploy" {
  account_id   = "deploy"
  display_name = "Tests, builds, migrates and applies"
}

resource "google_project_iam_member" "deploy" {
  for_each = toset(local.deploy_roles)

  project = var.project
  role    = "roles/${each.value}"
  member  = google_service_account.deploy.member
}

# Builds run inside the network, where migrations reach the database.
resource "google_cloudbuild_worker_pool" "inside" {
  name     = "inside"
  location = var.region

  worker_config {
    machine_type   = "e2-highcpu-8"
    disk_size_gb   = 100
    no_external_ip = false
  }
  network_config {
    peered_network = google_compute_network.main.id
  }

  depends_on = [google_service_networking_connection.services]
}

resource "google_cloudbuild_trigger" "main" {
  count = var.repository == null ? 0 : 1

  name            = "deploy-${var.environment}"
  location        = var.region
  filename        = "cloudbuild.yaml"
  service_account = google_service_account.deploy.id

  github {
    owner = var.repository.owner
    name  = var.repository.name
    push {
      branch = "^main$"
    }
  }

  substitutions = {
    _ENVIRONMENT = var.environment
    _REGION      = var.region
  }
}

# Each founding of a tenant starts the build that makes its dataset, and each erasure the one that forgets it. Until a dataset
# is there provision-tenants tries again.
resource "google_cloudbuild_trigger" "tenants" {
  count = var.repository == null ? 0 : 1

  name            = "tenants-${var.environment}"
  location        = var.region
  service_account = google_service_account.deploy.id

  pubsub_config {
    topic = module.topic["tenant.created"].id
  }
  source_to_build {
    uri       = local.source
    ref       = "refs/heads/main"
    repo_type = "GITHUB"
  }
  git_file_source {
    path      = "infra/tenants/cloudbuild.yaml"
    uri       = local.source
    revision  = "refs/heads/main"
    repo_type = "GITHUB"
  }

  substitutions = {
    _REGION = var.region
    _TENANT = "$(body.message.data.tenant_id)"
    _CHANGE = "$(body.message.data.change)"
  }
}
