# A tenant's warehouse: a dataset that this tenant's own principal reads and our writers write, nobody else. Its tables and
# views are made by provision-tenants from shared/warehouse/tables.ts, which also widens them, so that they are declared once.
locals {
  tenants    = setunion(var.tenants, [for object in flatten(data.google_storage_bucket_objects.registered[*].bucket_objects) : basename(object.name)])
  dataset_of = { for id in local.tenants : id => "dataset_tenant_${replace(id, "-", "_")}" }
}

# Who was founded on the shard's day and is not erased: an object for each, named by its id. It is read while the state is locked, so that of two
# builds at once the later one knows the tenants of both.
data "google_storage_bucket_objects" "registered" {
  count = var.shard == null ? 0 : 1

  bucket = "${var.project}-state"
  prefix = "registered/${var.shard}/"
}

resource "google_bigquery_dataset" "tenant" {
  for_each = local.dataset_of

  dataset_id                      = each.value
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

  precondition {
    condition     = length(local.tenants) <= 200
    error_message = "A shard holds at most 200 tenants: a plan's time grows with the square of their number."
  }
  precondition {
    condition     = alltrue([for id in local.tenants : can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", id))])
    error_message = "Tenants are named by their ids (lower-case UUIDs)."
  }
}
