# A tenant's rows in BigQuery are read as that tenant: its principal is the subject of a short-lived token that we sign, and
# its dataset lets nobody else read.
resource "google_iam_workload_identity_pool" "tenants" {
  workload_identity_pool_id = "pulsepoint-tenants"
  display_name              = "Tenants"

  depends_on = [google_project_service.used]
}

resource "google_iam_workload_identity_pool_provider" "tenants" {
  workload_identity_pool_id          = google_iam_workload_identity_pool.tenants.workload_identity_pool_id
  workload_identity_pool_provider_id = "pulsepoint"
  attribute_mapping                  = { "google.subject" = "assertion.sub" }

  # Its keys are those at /.well-known/jwks.json, which api serves from the secret WAREHOUSE_KEYS.
  oidc {
    issuer_uri        = "https://${var.domain}"
    allowed_audiences = ["pulsepoint-warehouse"]
  }
}

# To run a query; what it may read is its dataset's to say.
resource "google_project_iam_member" "tenants_query" {
  project = var.project
  role    = "roles/bigquery.jobUser"
  member  = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.tenants.name}/*"
}
