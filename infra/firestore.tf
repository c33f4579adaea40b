locals {
  expiring_collections = ["answers", "limits"]
}

# Leases, limits and kept answers: all of it may be lost at any time.
resource "google_firestore_database" "main" {
  name        = "(default)"
  location_id = var.region
  type        = "FIRESTORE_NATIVE"

  deletion_policy = "DELETE"

  depends_on = [google_project_service.used]
}

# Deletion lags behind, so readers check the time themselves.
resource "google_firestore_field" "expiry" {
  for_each = toset(local.expiring_collections)

  database   = google_firestore_database.main.name
  collection = each.value
  field      = "expires_at"

  ttl_config {}
  index_config {}
}
