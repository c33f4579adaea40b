locals {
  # those of the functions, and what only the build uses
  secrets = setunion(flatten([for line in local.functions : line.secrets]), ["DATABASE_ADMIN_PASSWORD"])
}

# Their versions are put in by people (README, first deployment) or by rotation, never by Terraform: its state is readable.
resource "google_secret_manager_secret" "each" {
  for_each = local.secrets

  secret_id = each.value

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [google_project_service.used]
}

resource "google_kms_key_ring" "main" {
  name     = "pulsepoint"
  location = var.region

  depends_on = [google_project_service.used]
}

resource "google_kms_crypto_key" "data" {
  name            = "data"
  key_ring        = google_kms_key_ring.main.id
  rotation_period = "7776000s" # a quarter

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_project_service_identity" "database" {
  provider = google-beta
  service  = "sqladmin.googleapis.com"

  depends_on = [google_project_service.used]
}

resource "google_kms_crypto_key_iam_member" "database" {
  crypto_key_id = google_kms_crypto_key.data.id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:service-${local.number}@gcp-sa-cloud-sql.iam.gserviceaccount.com"

  depends_on = [google_project_service_identity.database]
}
