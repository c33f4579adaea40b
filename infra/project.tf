data "google_project" "this" {}

locals {
  services = [
    "artifactregistry", "bigquery", "billingbudgets", "cloudbuild", "cloudkms", "cloudresourcemanager", "cloudscheduler",
    "cloudtasks", "compute", "firestore", "iam", "iamcredentials", "logging", "monitoring", "pubsub", "run", "secretmanager",
    "servicenetworking", "serviceusage", "sqladmin", "storage", "sts",
  ]
  number = data.google_project.this.number
}

resource "google_project_service" "used" {
  for_each = toset(local.services)

  service            = "${each.value}.googleapis.com"
  disable_on_destroy = false
}
