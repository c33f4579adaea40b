# A tenant's warehouse: a dataset that this tenant's own principal reads and our writers write, nobody else. Its tables and
# views are made by provision-tenants from shared/warehouse/tables.ts, which also widens them, so that they are declared once.
locals {
  dataset_of = { for id in keys(var.tenants) : id => "dataset_tenant_${replace(id, "-", "_")}" }
}

resource "google_bigquery_dataset" "tenant" {
  for_each = var.tenants

  dataset_id                      = local.dataset_of[each.key]
  friendly_name                   = each.value.name
  location                        = var.region
  default_partition_expiration_ms = var.keep_years * 366 * 24 * 3600 * 1000
  delete_contents_on_destroy      = true

  # Whole: what is not listed is taken away, the project's owners included.
  dynamic "access" {
    for_each = var.writers
    content {
      role          = access.key == "maintain" ? "OWNER" : "WRITER"
      user_by_email = access.value
    }
  }
  access {
    role       = "READER"
    iam_member = "${var.principals}${each.key}"
  }
}

output "datasets" {
  value = { for id, dataset in google_bigquery_dataset.tenant : id => dataset.dataset_id }
}
