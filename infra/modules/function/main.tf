# A Cloud Run function. google_cloudfunctions2_function has no Direct VPC egress, no cpu_idle and no open invoker; the service
# with a build_config is the same function and has them.
locals {
  timeout_seconds = 290 # below the acknowledgement deadline of 300
  runtime         = "${var.region}-docker.pkg.dev/serverless-runtimes/google-24/runtimes/nodejs24"
  account         = trimsuffix(google_service_account.this.email, ".gserviceaccount.com")
  url             = { for kind, host in { primary = try(var.database.host, null), replica = try(var.database.replica, null) } : kind => host == null ? null : "postgres://${urlencode(local.account)}@${host}:5432/pulsepoint" }
  environment = merge(
    var.environment,
    var.database == null ? {} : { DATABASE_URL = local.url.primary, DATABASE_POOL = tostring(var.database.pool), DATABASE_CA = var.database.ca },
    local.url.replica == null ? {} : { DATABASE_REPLICA_URL = local.url.replica },
    var.delays == null ? {} : { TASKS_IDENTITY = google_service_account.later[0].email },
  )
}

data "archive_file" "bundle" {
  type        = "zip"
  source_dir  = var.bundle
  output_path = "${path.root}/.build/${var.name}.zip"
}

resource "google_storage_bucket_object" "bundle" {
  name   = "${var.name}-${data.archive_file.bundle.output_md5}.zip"
  bucket = var.bucket
  source = data.archive_file.bundle.output_path
}

resource "google_cloud_run_v2_service" "this" {
  name                 = var.name
  location             = var.region
  deletion_protection  = false
  ingress              = var.is_front ? "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" : "INGRESS_TRAFFIC_INTERNAL_ONLY"
  invoker_iam_disabled = var.is_front

  build_config {
    source_location          = "gs://${var.bucket}/${google_storage_bucket_object.bundle.name}"
    function_target          = var.name
    image_uri                = "${var.images}/${var.name}"
    base_image               = local.runtime
    enable_automatic_updates = true
    service_account          = var.build_identity
  }

  # Said, so that the release after one that was rolled back takes the traffic again.
  traffic {
    type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
    percent = 100
  }

  template {
    service_account                  = google_service_account.this.email
    timeout                          = "${local.timeout_seconds}s"
    max_instance_request_concurrency = var.size.concurrency

    scaling {
      min_instance_count = var.size.min
      max_instance_count = var.size.max
    }

    vpc_access {
      egress = "ALL_TRAFFIC"
      network_interfaces {
        network    = var.network.network
        subnetwork = var.network.subnetwork
      }
    }

    containers {
      image          = "scratch" # replaced by what the build makes
      base_image_uri = local.runtime

      resources {
        limits            = { cpu = "1", memory = var.size.memory } # one whole CPU is what concurrency above one asks for
        cpu_idle          = true
        startup_cpu_boost = true
      }

      dynamic "env" {
        for_each = local.environment
        content {
          name  = env.key
          value = env.value
        }
      }
    }
  }
}

# Wakes it: Pub/Sub pushes and the scheduler, in a name of their own.
resource "google_service_account" "waker" {
  count = var.is_front ? 0 : 1

  account_id   = "wake-${var.name}"
  display_name = "Calls ${var.name}"
}

resource "google_cloud_run_v2_service_iam_member" "waker" {
  count = var.is_front ? 0 : 1

  name     = google_cloud_run_v2_service.this.name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.waker[0].member
}

resource "google_pubsub_subscription" "push" {
  for_each = var.subscriptions

  name                       = each.key
  topic                      = each.value.topic
  filter                     = each.value.filter
  ack_deadline_seconds       = 300
  message_retention_duration = "604800s"

  push_config {
    push_endpoint = google_cloud_run_v2_service.this.uri

    oidc_token {
      service_account_email = google_service_account.waker[0].email
      audience              = google_cloud_run_v2_service.this.uri
    }
    no_wrapper {
      write_metadata = true
    }
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }
  dead_letter_policy {
    dead_letter_topic     = var.dead_letters
    max_delivery_attempts = 10
  }
  expiration_policy {
    ttl = ""
  }
}

resource "google_pubsub_subscription_iam_member" "dead_letters" {
  for_each = var.subscriptions

  subscription = google_pubsub_subscription.push[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = var.pubsub
}

resource "google_cloud_scheduler_job" "this" {
  count = var.schedule == null ? 0 : 1

  name             = var.name
  region           = var.region
  schedule         = var.schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = "${local.timeout_seconds}s"

  retry_config {
    retry_count = 1
  }
  http_target {
    uri         = google_cloud_run_v2_service.this.uri
    http_method = "POST"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode("{}")

    oidc_token {
      service_account_email = google_service_account.waker[0].email
      audience              = google_cloud_run_v2_service.this.uri
    }
  }
}
