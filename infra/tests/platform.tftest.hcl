# Runs with the real providers too: terraform -chdir=infra test
mock_provider "archive" {
  mock_data "archive_file" {
    defaults = { output_md5 = "0123456789abcdef", output_path = "bundle.zip" }
  }
}

variables {
  project     = "pulsepoint-test"
  environment = "prod"
  domain      = "app.pulsepoint.example"
  on_call     = "platform@pulsepoint.example"
  instances   = { share = 1, warm = true }
  database    = { tier = "db-custom-8-30720", available = true, replica = true, restore_days = 7 }
  repository  = { owner = "pulsepoint", name = "pulsepoint" }
}

run "production" {
  command = plan

  assert {
    condition     = length(module.function) == length(local.functions)
    error_message = "Each line of the map is one function."
  }

  assert {
    condition     = output.counts.functions == length(local.functions) && output.counts.fronts == 4 && output.counts.databases == 2 && output.counts.topics == length(local.topics)
    error_message = "Production is not what its map says: ${jsonencode(output.counts)}"
  }

  assert {
    condition     = output.max_connections <= 800
    error_message = "Instances times pool are ${output.max_connections}; Postgres has room for 800 of its 1,000."
  }

  assert {
    condition     = toset([for name, ingress in output.functions : name if ingress == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"]) == toset(["api", "mcp", "dashboard", "webhooks"])
    error_message = "Only api, mcp, dashboard and webhooks are reached from outside, through the load balancer."
  }

  assert {
    condition     = alltrue([for ingress in values(output.functions) : contains(["INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", "INGRESS_TRAFFIC_INTERNAL_ONLY"], ingress)])
    error_message = "No function may be called past the load balancer."
  }

  assert {
    condition     = toset(keys(google_compute_backend_service.front)) == toset(["api", "mcp", "dashboard", "webhooks"])
    error_message = "The load balancer leads to the four fronts."
  }

  assert {
    condition     = google_sql_database_instance.main.settings[0].ip_configuration[0].ipv4_enabled == false
    error_message = "The database has no public address."
  }

  assert {
    condition     = google_sql_database_instance.main.settings[0].availability_type == "REGIONAL" && google_sql_database_instance.main.deletion_protection && length(google_sql_database_instance.replica) == 1
    error_message = "Production has a standby, a replica and protection against deletion."
  }

  # A function holds what its line names.
  assert {
    condition     = alltrue([for name, line in local.functions : jsonencode(module.function[name].authority.secrets) == jsonencode(sort(line.secrets))])
    error_message = "A function reads the secrets of its line, no other."
  }

  assert {
    condition     = alltrue([for name, line in local.functions : jsonencode(module.function[name].authority.topics) == jsonencode(sort(contains(line.publishes, "*") ? [for topic in local.topics : topic if topic != "dead-letters"] : line.publishes))])
    error_message = "A function publishes to the topics of its line, no other."
  }

  assert {
    condition = alltrue([for name, line in local.functions : jsonencode(module.function[name].authority.roles) == jsonencode(sort(concat(
      ["roles/logging.logWriter"],
      can(line.db) ? ["roles/cloudsql.client", "roles/cloudsql.instanceUser"] : [],
      [for role in try(line.roles, []) : "roles/${role}"],
    )))])
    error_message = "A function has the project roles of its line, and those for logs and its own login; no other."
  }

  assert {
    condition     = alltrue([for name, line in local.functions : module.function[name].authority.delays == try(line.waits, false)])
    error_message = "Only a function that waits may delay messages."
  }

  assert {
    condition     = google_cloudbuild_trigger.tenants[0].substitutions._TENANT == "$(body.message.data.tenant_id)" && google_cloudbuild_trigger.tenants[0].substitutions._CHANGE == "$(body.message.data.change)" && length(google_cloudbuild_trigger.tenants[0].pubsub_config) == 1 && google_cloudbuild_trigger.tenants[0].git_file_source[0].path == "infra/tenants/cloudbuild.yaml"
    error_message = "Each founding and each erasure of a tenant starts the build of its shard."
  }

  assert {
    condition     = google_bigquery_dataset.platform.dataset_id == "pulsepoint_platform" && toset(local.platform_writers) == toset(["sink-bigquery", "maintain"]) && google_bigquery_dataset.platform.default_partition_expiration_ms >= 7 * 365 * 24 * 3600 * 1000
    error_message = "The platform's warehouse is written by those two alone, and keeps seven years."
  }

  # What is promised is measured (availability, the API's p95 and that of quick answers), and watched at both speeds.
  assert {
    condition = toset(keys(google_monitoring_slo.each)) == toset(["availability", "fast_api", "webhooks", "answers"]) && length(google_monitoring_alert_policy.burn) == 8 && alltrue([
      google_monitoring_slo.each["availability"].goal == 0.999,
      google_monitoring_slo.each["fast_api"].request_based_sli[0].distribution_cut[0].range[0].max == 500,
      google_monitoring_slo.each["answers"].goal == 0.95 && google_monitoring_slo.each["answers"].request_based_sli[0].distribution_cut[0].range[0].max == 3000,
    ])
    error_message = "Each service level has its goal, a page for what burns it fast and a ticket for what burns it slowly."
  }

  # Every subscription ends somewhere.
  assert {
    condition = alltrue(flatten([for function in values(module.function) : [for subscription in values(function.subscriptions) :
      subscription.ack_seconds == 300 && subscription.min_backoff == "10s" && subscription.max_attempts == 10 && subscription.unwrapped && length(subscription.filter) <= 256
    ]]))
    error_message = "A subscription waits 300 s, backs off from 10 s, gives up after 10 tries into dead-letters, is pushed unwrapped."
  }

  assert {
    condition     = toset(flatten([for name, function in module.function : keys(function.subscriptions)])) == toset(flatten([for name, line in local.functions : [for entry in try(line.on, []) : contains(keys(local.subscriptions), entry) ? entry : "${name}.${entry}"]]))
    error_message = "Each entry of `on` is one subscription."
  }
}

run "a_laptop_sized_environment" {
  command = plan

  variables {
    environment = "dev"
    instances   = { share = 0.1, warm = false }
    database    = { tier = "db-custom-1-3840", available = false, replica = false, restore_days = 7 }
  }

  assert {
    condition     = output.counts.functions == length(local.functions) && output.counts.databases == 1 && output.max_connections <= 100
    error_message = "A small environment has one database and few connections."
  }
}

run "staging" {
  command = plan

  variables {
    environment = "staging"
    instances   = { share = 0.25, warm = false }
    database    = { tier = "db-custom-2-7680", available = false, replica = true, restore_days = 7 }
  }

  assert {
    condition = jsonencode(output.counts) == jsonencode({
      functions      = length(local.functions)
      fronts         = 4
      topics         = length(local.topics)
      subscriptions  = length(flatten([for line in values(local.functions) : try(line.on, [])]))
      schedules      = length([for line in values(local.functions) : line if can(line.schedule)])
      secrets        = length(setunion(flatten([for line in values(local.functions) : line.secrets]), ["DATABASE_ADMIN_PASSWORD"]))
      databases      = 2
      service_levels = length(local.levels)
    })
    error_message = "The platform is not what its map says: ${jsonencode(output.counts)}"
  }
}

run "backups_are_not_kept_longer_than_said" {
  command         = plan
  expect_failures = [var.database]

  variables {
    database = { tier = "db-custom-8-30720", available = true, replica = true, restore_days = 60 }
  }
}
