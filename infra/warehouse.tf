# The platform's own warehouse: its facts, and each tenant's days in figures, without content. Operators read it as the
# platform's own principal, as every tenant reads its own. Its tables and views are made by maintain, from shared/warehouse.
locals {
  platform_tenant  = "00000000-0000-7000-8000-000000000001"
  platform_writers = ["sink-bigquery", "maintain"]
}

resource "google_bigquery_dataset" "platform" {
  dataset_id                      = "pulsepoint_platform"
  location                        = var.region
  default_partition_expiration_ms = 7 * 366 * 24 * 3600 * 1000
  delete_contents_on_destroy      = var.environment != "prod"

  # Whole: what is not listed is taken away, the project's owners included.
  dynamic "access" {
    for_each = toset(local.platform_writers)
    content {
      role          = "WRITER"
      user_by_email = module.function[access.value].email
    }
  }
  access {
    role       = "READER"
    iam_member = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.tenants.name}/subject/${local.platform_tenant}"
  }

  depends_on = [google_project_service.used]
}
