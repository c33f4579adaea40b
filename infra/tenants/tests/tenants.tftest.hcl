# Needs no project and no credentials.
mock_provider "google" {}

variables {
  project    = "pulsepoint-test"
  principals = "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pulsepoint-tenants/subject/"
  writers = {
    sink-bigquery     = "fn-sink-bigquery@pulsepoint-test.iam.gserviceaccount.com"
    provision-tenants = "fn-provision-tenants@pulsepoint-test.iam.gserviceaccount.com"
    maintain          = "fn-maintain@pulsepoint-test.iam.gserviceaccount.com"
  }
}

run "a_dataset_of_its_own" {
  command = plan

  variables {
    tenants = ["01a22504-5237-7524-a3d8-0ecb32cba243", "01a22504-5237-7524-a3d8-0ecb32cba244"]
  }

  assert {
    condition     = length(output.datasets) == 2 && output.datasets["01a22504-5237-7524-a3d8-0ecb32cba243"] == "dataset_tenant_01a22504_5237_7524_a3d8_0ecb32cba243"
    error_message = "Each tenant has one dataset, named by its id."
  }

  assert {
    condition     = alltrue([for id, dataset in google_bigquery_dataset.tenant : toset([for access in dataset.access : access.iam_member if access.role == "READER"]) == toset(["${var.principals}${id}"])])
    error_message = "Only the tenant's own principal reads its dataset."
  }
}

run "who_was_founded_on_the_day" {
  command = plan

  variables {
    shard = "20261127"
  }
  override_data {
    target = data.google_storage_bucket_objects.registered
    values = {
      bucket_objects = [
        { name = "registered/20261127/01a22504-5237-7524-a3d8-0ecb32cba243", content_type = "", media_link = "", self_link = "", storage_class = "" },
        { name = "registered/20261127/01a22504-5237-7524-a3d8-0ecb32cba244", content_type = "", media_link = "", self_link = "", storage_class = "" },
      ]
    }
  }

  assert {
    condition     = toset(keys(output.datasets)) == toset(["01a22504-5237-7524-a3d8-0ecb32cba243", "01a22504-5237-7524-a3d8-0ecb32cba244"])
    error_message = "Each registered tenant of the shard has a dataset."
  }
}

run "a_full_shard" {
  command = plan

  variables {
    tenants = [for n in range(200) : format("01a22504-5237-7524-a3d8-%012d", n)]
  }

  assert {
    condition     = length(output.datasets) == 200 && length(toset(values(output.datasets))) == 200
    error_message = "A shard has room for 200 tenants, each with a dataset of its own."
  }

  assert {
    condition     = alltrue([for dataset in google_bigquery_dataset.tenant : toset(flatten([for access in dataset.access : compact([access.user_by_email]) if access.role != "READER"])) == toset(values(var.writers))])
    error_message = "Only the three accounts of the platform write."
  }

  assert {
    condition     = alltrue([for dataset in google_bigquery_dataset.tenant : dataset.default_partition_expiration_ms >= 7 * 365 * 24 * 3600 * 1000])
    error_message = "Rows are kept for seven years, then expire."
  }
}

run "a_shard_is_small" {
  command         = plan
  expect_failures = [output.datasets]

  variables {
    tenants = [for n in range(201) : format("01a22504-5237-7524-a3d8-%012d", n)]
  }
}

run "ids_are_ids" {
  command         = plan
  expect_failures = [output.datasets]

  variables {
    tenants = ["acme"]
  }
}
