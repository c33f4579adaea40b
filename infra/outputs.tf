locals {
  # provision-tenants makes tables and views, sink-bigquery appends, maintain erases
  warehouse_writers = ["provision-tenants", "sink-bigquery", "maintain"]
}

output "address" {
  description = "The A record of var.domain."
  value       = google_compute_global_address.front.address
}

output "origin" {
  value = "https://${var.domain}"
}

output "functions" {
  value = { for name, function in module.function : name => function.ingress }
}

output "max_connections" {
  description = "To Postgres, when every function runs at its ceiling."
  value       = sum([for function in module.function : function.max_connections])

  precondition {
    condition     = sum([for function in module.function : function.max_connections]) <= 800
    error_message = "Instances times pool are more than 800; Postgres has room for 1,000 connections, migrations and people included."
  }
}

output "database_grants" {
  description = "Role of each function's login in Postgres; npm run migrate gives it."
  value       = { for name, line in local.functions : module.function[name].email => "pulsepoint_${line.db}" if can(line.db) }
}

output "warehouse_writers" {
  description = "Accounts that infra/tenants lets write."
  value       = { for name in local.warehouse_writers : name => module.function[name].email }
}

output "tenant_principals" {
  description = "Prefix of a tenant's principal; its id follows."
  value       = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.tenants.name}/subject/"
}

output "counts" {
  description = "What a plan makes, at a glance."
  value = {
    functions      = length(module.function)
    fronts         = length(local.fronts)
    topics         = length(module.topic)
    subscriptions  = sum([for function in module.function : length(function.subscriptions)])
    schedules      = length([for line in local.functions : line if can(line.schedule)])
    secrets        = length(google_secret_manager_secret.each)
    databases      = 1 + length(google_sql_database_instance.replica)
    service_levels = length(google_monitoring_slo.each)
  }
}
