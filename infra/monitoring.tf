locals {
  run = "resource.type=\"cloud_run_revision\" resource.label.\"service_name\""
  # service levels: share of good requests over 28 days
  levels = {
    availability = { goal = 0.999, service = "api" }
    fast_api     = { goal = 0.95, service = "api", below_ms = 500 }
    webhooks     = { goal = 0.999, service = "webhooks" }
    answers      = { goal = 0.95, service = "api", below_ms = 3000, metric = "logging.googleapis.com/user/${google_logging_metric.quick_answers.name}" }
  }
  # Google's multi-window burn rates: a page for what eats the budget in two days, a ticket for what eats it in five.
  burns = {
    fast = { window = "3600s", rate = 14.4, severity = "CRITICAL" }
    slow = { window = "21600s", rate = 6, severity = "WARNING" }
  }
  watched_burns = { for pair in setproduct(keys(local.levels), keys(local.burns)) : join("-", pair) => { level = pair[0], burn = local.burns[pair[1]] } }
}

resource "google_monitoring_notification_channel" "on_call" {
  display_name = "On call"
  type         = "email"
  labels       = { email_address = var.on_call }

  depends_on = [google_project_service.used]
}

resource "google_monitoring_custom_service" "platform" {
  service_id   = "pulsepoint"
  display_name = "Pulsepoint"

  depends_on = [google_project_service.used]
}

# How long answers took that came from the store or of one look into the data, in ms, as api logs it.
resource "google_logging_metric" "quick_answers" {
  name            = "quick-answers"
  filter          = "${local.run}=\"api\" jsonPayload.message=\"A question was answered.\" jsonPayload.is_quick=true"
  value_extractor = "EXTRACT(jsonPayload.generation_time_ms)"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = "ms"
  }
  bucket_options {
    explicit_buckets {
      bounds = [100, 250, 500, 1000, 1500, 2000, 2500, 3000, 4000, 6000, 10000, 30000]
    }
  }

  depends_on = [google_project_service.used]
}

resource "google_monitoring_slo" "each" {
  for_each = local.levels

  service             = google_monitoring_custom_service.platform.service_id
  slo_id              = replace(each.key, "_", "-")
  display_name        = each.key
  goal                = each.value.goal
  rolling_period_days = 28

  request_based_sli {
    dynamic "good_total_ratio" {
      for_each = can(each.value.below_ms) ? [] : [true]
      content {
        bad_service_filter   = "metric.type=\"run.googleapis.com/request_count\" ${local.run}=\"${each.value.service}\" metric.label.\"response_code_class\"=\"5xx\""
        total_service_filter = "metric.type=\"run.googleapis.com/request_count\" ${local.run}=\"${each.value.service}\""
      }
    }
    dynamic "distribution_cut" {
      for_each = can(each.value.below_ms) ? [each.value.below_ms] : []
      content {
        distribution_filter = "metric.type=\"${try(each.value.metric, "run.googleapis.com/request_latencies")}\" ${local.run}=\"${each.value.service}\""
        range {
          max = distribution_cut.value
        }
      }
    }
  }
}

resource "google_monitoring_alert_policy" "burn" {
  for_each = local.watched_burns

  display_name          = "${each.value.level} burns its budget ${each.value.burn.rate} times too fast"
  combiner              = "OR"
  severity              = each.value.burn.severity
  notification_channels = [google_monitoring_notification_channel.on_call.id]

  conditions {
    display_name = "burn rate over ${each.value.burn.window}"
    condition_threshold {
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.each[each.value.level].id}\", \"${each.value.burn.window}\")"
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.burn.rate
      duration        = "0s"
    }
  }
  documentation {
    content = "Look at the dashboard Pulsepoint: which function answers 5xx or slowly, since when, after which release. Roll back the release first (README, Deploy), then look for the cause in its logs."
  }
}

resource "google_monitoring_alert_policy" "dead_letters" {
  display_name          = "Messages were given up"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = [google_monitoring_notification_channel.on_call.id]

  conditions {
    display_name = "undelivered messages in dead-letters"
    condition_threshold {
      filter          = "resource.type=\"pubsub_subscription\" resource.label.\"subscription_id\"=\"${google_pubsub_subscription.dead_letters.name}\" metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "300s"
      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }
  documentation {
    content = "A message failed ten times. `npm run replay -- --dead-letters` lists them with their reasons; mend the cause, then replay them. Nothing is lost for 31 days."
  }
}

resource "google_monitoring_alert_policy" "backlog" {
  display_name          = "A subscription falls behind"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = [google_monitoring_notification_channel.on_call.id]

  conditions {
    display_name = "oldest message waits for 15 minutes"
    condition_threshold {
      filter          = "resource.type=\"pubsub_subscription\" resource.label.\"subscription_id\"!=\"dead-letters\" metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\""
      comparison      = "COMPARISON_GT"
      threshold_value = 900
      duration        = "300s"
      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }
  documentation {
    content = "The function behind the subscription fails or is at its ceiling of instances. Its logs say which; a backfill has a subscription of its own and may wait."
  }
}

resource "google_monitoring_uptime_check_config" "each" {
  for_each = { health = "/health", dashboard = "/" }

  display_name = each.key
  timeout      = "10s"
  period       = "60s"

  http_check {
    path         = each.value
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }
  monitored_resource {
    type   = "uptime_url"
    labels = { project_id = var.project, host = var.domain }
  }

  depends_on = [google_project_service.used]
}

resource "google_monitoring_alert_policy" "down" {
  for_each = google_monitoring_uptime_check_config.each

  display_name          = "${each.key} does not answer"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = [google_monitoring_notification_channel.on_call.id]

  conditions {
    display_name = "fails from more than one place for two minutes"
    condition_threshold {
      filter          = "resource.type=\"uptime_url\" metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\" metric.label.\"check_id\"=\"${each.value.uptime_check_id}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "120s"
      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }
    }
  }
  documentation {
    content = "Nobody reaches ${var.domain}: look at the certificate, the DNS record and the load balancer's log, then at the last release."
  }
}

resource "google_monitoring_dashboard" "platform" {
  dashboard_json = jsonencode({
    displayName = "Pulsepoint"
    mosaicLayout = {
      columns = 12
      tiles = [for at, chart in [
        { title = "Requests by function", filter = "metric.type=\"run.googleapis.com/request_count\" resource.type=\"cloud_run_revision\"", aligner = "ALIGN_RATE", by = "resource.label.service_name" },
        { title = "95th percentile of latency", filter = "metric.type=\"run.googleapis.com/request_latencies\" resource.type=\"cloud_run_revision\"", aligner = "ALIGN_PERCENTILE_95", by = "resource.label.service_name" },
        { title = "Server errors", filter = "metric.type=\"run.googleapis.com/request_count\" resource.type=\"cloud_run_revision\" metric.label.response_code_class=\"5xx\"", aligner = "ALIGN_RATE", by = "resource.label.service_name" },
        { title = "Instances", filter = "metric.type=\"run.googleapis.com/container/instance_count\" resource.type=\"cloud_run_revision\"", aligner = "ALIGN_MAX", by = "resource.label.service_name" },
        { title = "Oldest message", filter = "metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" resource.type=\"pubsub_subscription\"", aligner = "ALIGN_MAX", by = "resource.label.subscription_id" },
        { title = "Database connections", filter = "metric.type=\"cloudsql.googleapis.com/database/postgresql/num_backends\" resource.type=\"cloudsql_database\"", aligner = "ALIGN_MAX", by = "resource.label.database_id" },
        ] : {
        xPos = (at % 2) * 6, yPos = floor(at / 2) * 4, width = 6, height = 4
        widget = {
          title = chart.title
          xyChart = {
            dataSets = [{
              plotType = "LINE"
              timeSeriesQuery = { timeSeriesFilter = {
                filter      = chart.filter
                aggregation = { alignmentPeriod = "60s", perSeriesAligner = chart.aligner, crossSeriesReducer = "REDUCE_MAX", groupByFields = [chart.by] }
              } }
            }]
          }
        }
      }]
    }
  })

  depends_on = [google_project_service.used]
}
