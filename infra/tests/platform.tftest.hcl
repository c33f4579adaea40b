# Needs no project and no credentials: terraform -chdir=infra init -backend=false, then test.
mock_provider "google" {
  # The providers check what they are given also here: a member has its prefix, a number is one.
  mock_data "google_project" {
    defaults = { number = "1" }
  }
  mock_resource "google_service_account" {
    defaults = { email = "someone@pulsepoint-test.iam.gserviceaccount.com", member = "serviceAccount:someone@pulsepoint-test.iam.gserviceaccount.com" }
  }
  mock_resource "google_logging_project_sink" {
    defaults = { writer_identity = "serviceAccount:someone@pulsepoint-test.iam.gserviceaccount.com" }
  }
}
mock_provider "google-beta" {}
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

  # output.max_connections refuses a plan above 800; here it is seen to count.
  assert {
    condition     = output.max_connections == sum([for name, line in local.functions : can(line.db) ? local.size_of[name].max * line.pool : 0]) && output.max_connections <= 800
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
    condition     = toset([for name, function in module.function : name if function.is_open]) == toset(["api", "mcp", "dashboard", "webhooks"])
    error_message = "Whoever calls another function than these four shows an identity that may."
  }

  assert {
    condition     = toset(keys(google_compute_backend_service.front)) == toset(["api", "mcp", "dashboard", "webhooks"])
    error_message = "The load balancer leads to the four fronts."
  }

  assert {
    condition     = toset(flatten([for rule in google_compute_url_map.front.path_matcher[0].path_rule : rule.paths])) == toset(flatten([for line in local.functions : [for path in try(line.http, []) : path if path != "/*"]]))
    error_message = "The load balancer leads where the lines' paths do."
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
    condition = alltrue([for name, line in local.functions :
      module.function[name].authority.delays == try(line.waits, false) && jsonencode(module.function[name].authority.later) == (try(line.waits, false) ? jsonencode(module.function[name].authority.topics) : "[]")
    ])
    error_message = "Only a function that waits may delay messages, of its own topics."
  }

  assert {
    condition     = google_cloudbuild_trigger.tenants[0].substitutions._TENANT == "$(body.message.data.tenant_id)" && google_cloudbuild_trigger.tenants[0].substitutions._CHANGE == "$(body.message.data.change)" && length(google_cloudbuild_trigger.tenants[0].pubsub_config) == 1 && google_cloudbuild_trigger.tenants[0].git_file_source[0].path == "infra/tenants/cloudbuild.yaml"
    error_message = "Each founding and each erasure of a tenant starts the build of its shard."
  }

  assert {
    condition     = google_bigquery_dataset.platform.dataset_id == "pulsepoint_platform" && toset(local.platform_writers) == toset(["sink-bigquery", "maintain"]) && google_bigquery_dataset.platform.default_partition_expiration_ms >= 7 * 365 * 24 * 3600 * 1000
    error_message = "The platform's warehouse is written by those two alone, and keeps seven years."
  }

  # What is promised is measured, and watched at both speeds.
  assert {
    condition = jsonencode({ for name, level in google_monitoring_slo.each : name => level.goal if length(level.request_based_sli[0].good_total_ratio) == 1 }) == jsonencode({
      accuracy = 0.85, api_available = 0.999, dashboard_available = 0.999, mcp_available = 0.999, webhooks_available = 0.999
    })
    error_message = "Fronts answer 99.9 % of requests without an error of ours, and 85 % of ratings call an answer accurate."
  }

  assert {
    condition = jsonencode({ for name, level in google_monitoring_slo.each : name => "${level.goal} in ${level.request_based_sli[0].distribution_cut[0].range[0].max} ms" if length(level.request_based_sli[0].distribution_cut) == 1 }) == jsonencode({
      answers = "0.95 in 3000 ms", audit = "0.95 in 1000 ms", fast_api = "0.95 in 500 ms", first_steps = "0.95 in 1000 ms"
    })
    error_message = "The API, quick answers, a question's first step and who asked what are as fast as promised."
  }

  assert {
    condition = toset(keys(google_monitoring_alert_policy.burn)) == toset(flatten([for name in keys(google_monitoring_slo.each) : ["${name}-fast", "${name}-slow"]])) && alltrue([for name, policy in google_monitoring_alert_policy.burn :
      policy.severity == (endswith(name, "-fast") ? "CRITICAL" : "WARNING") && policy.conditions[0].condition_threshold[0].threshold_value * (1 - google_monitoring_slo.each[trimsuffix(trimsuffix(name, "-fast"), "-slow")].goal) < 1
    ])
    error_message = "Each service level has a page for what burns it fast and a ticket for what burns it slowly, at rates that can be reached."
  }

  assert {
    condition     = abs(google_monitoring_alert_policy.burn["accuracy-fast"].conditions[0].condition_threshold[0].threshold_value * (1 - 0.85) - (1 - 0.8)) < 0.001 && length(google_monitoring_alert_policy.burn["accuracy-fast"].conditions) == 2
    error_message = "Accuracy below 80 % pages, once enough answers were rated."
  }

  # Every subscription ends somewhere.
  assert {
    condition = alltrue(flatten([for function in values(module.function) : [for subscription in values(function.subscriptions) :
      subscription.ack_seconds == 300 && subscription.min_backoff == "10s" && subscription.max_backoff == "600s" && subscription.max_attempts == 10 && subscription.unwrapped && length(subscription.filter) <= 256
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
