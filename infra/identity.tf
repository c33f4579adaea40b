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

  oidc {
    issuer_uri        = "https://${var.domain}"
    allowed_audiences = ["pulsepoint-warehouse"]
  }
}
