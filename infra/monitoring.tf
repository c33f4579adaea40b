locals {
  # What api logs, by the line's message, as durations in ms.
  durations = {
    quick_answers  = { line = "A question was answered.", only = "jsonPayload.is_quick=true", field = "generation_time_ms" }
    first_steps    = { line = "A question was answered.", only = "jsonPayload.first_step_ms>=0", field = "first_step_ms" }
    audit_searches = { line = "The audit was searched.", only = "jsonPayload.duration_ms>=0", field = "duration_ms" }
  }
  logged_by_api = "resource.type=\"cloud_run_revision\" resource.labels.service_name=\"api\""
  logged_metric = "metric.type=\"logging.googleapis.com/user"
  run           = "resource.type=\"cloud_run_revision\" resource.label.\"service_name\""

  # Service levels: the share of good requests over 28 days. Of what else is promised, that no tenant reaches another's rows has
  # no share that may be bad: the tests hold it. How many tenants and requests there may be is measured by the benches, and how
  # many instances there are stands in services.tf.
  levels = merge(
    { for name in keys(local.fronts) : "${name}_available" => {
      goal  = 0.999
      total = "metric.type=\"run.googleapis.com/request_count\" ${local.run}=\"${name}\""
      bad   = "metric.label.\"response_code_class\"=\"5xx\""
    } },
    {
      fast_api    = { goal = 0.95, below_ms = 500, total = "metric.type=\"run.googleapis.com/request_latencies\" ${local.run}=\"api\"" }
      answers     = { goal = 0.95, below_ms = 3000, total = "${local.logged_metric}/${google_logging_metric.duration["quick_answers"].name}\" ${local.run}=\"api\"" }
      first_steps = { goal = 0.95, below_ms = 1000, total = "${local.logged_metric}/${google_logging_metric.duration["first_steps"].name}\" ${local.run}=\"api\"" }
      audit       = { goal = 0.95, below_ms = 1000, total = "${local.logged_metric}/${google_logging_metric.duration["audit_searches"].name}\" ${local.run}=\"api\"" }
      accuracy = {
        goal  = 0.85
        total = "${local.logged_metric}/${google_logging_metric.ratings.name}\" ${local.run}=\"api\""
        bad   = "metric.label.\"accurate\"=\"false\""
      }
    },
  )
  # Google's burn rates: a page for what eats the budget of 28 days in two, a ticket for what eats it in five.
  burns = {
    fast = { window = "3600s", rate = 14.4, severity = "CRITICAL", at_least = 0 }
    slow = { window = "21600s", rate = 6, severity = "WARNING", at_least = 0 }
  }
  # Of ratings 15 % may be bad, so that no rate passes 6.7, and a few of them say nothing: a page for a day below 80 %, a ticket
  # for one below the goal.
  burns_of = {
    accuracy = {
      fast = { window = "86400s", rate = (1 - 0.8) / (1 - 0.85), severity = "CRITICAL", at_least = 20 }
      slow = { window = "86400s", rate = 1, severity = "WARNING", at_least = 20 }
    }
  }
  watched_burns = merge([for level in keys(local.levels) : {
    for speed, burn in lookup(local.burns_of, level, local.burns) : "${level}-${speed}" => merge(burn, { level = level })
  }]...)
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

resource "google_logging_metric" "duration" {
  for_each = local.durations

  name            = replace(each.key, "_", "-")
  filter          = "${local.logged_by_api} jsonPayload.message=\"${each.value.line}\" ${each.value.only}"
  value_extractor = "EXTRACT(jsonPayload.${each.value.field})"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = "ms"
  }
  bucket_options {
    explicit_buckets {
      bounds = [50, 100, 250, 500, 750, 1000, 1500, 2000, 2500, 3000, 4000, 6000, 10000, 30000]
    }
  }

  depends_on = [google_project_service.used]
}

# People's ratings of answers: accurate from 4 of 5 on.
resource "google_logging_metric" "ratings" {
  name             = "ratings"
  filter           = "${local.logged_by_api} jsonPayload.message=\"An answer was rated.\""
  label_extractors = { accurate = "EXTRACT(jsonPayload.is_accurate)" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    labels {
      key        = "accurate"
      value_type = "STRING"
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
      for_each = can(each.value.below_ms) ? [] : [each.value]
      content {
        bad_service_filter   = "${good_total_ratio.value.total} ${good_total_ratio.value.bad}"
        total_service_filter = good_total_ratio.value.total
      }
    }
    dynamic "distribution_cut" {
      for_each = can(each.value.below_ms) ? [each.value] : []
      content {
        distribution_filter = distribution_cut.value.total
        range {
          max = distribution_cut.value.below_ms
        }
      }
    }
  }
}

resource "google_monitoring_alert_policy" "burn" {
  for_each = local.watched_burns

  display_name          = "${each.value.level} burns its budget ${format("%.1f", each.value.rate)} times too fast"
  combiner              = "AND"
  severity              = each.value.severity
  notification_channels = [google_monitoring_notification_channel.on_call.id]

  conditions {
    display_name = "burn rate over ${each.value.window}"
    condition_threshold {
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.each[each.value.level].id}\", \"${each.value.window}\")"
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.rate
      duration        = "0s"
    }
  }
  dynamic "conditions" {
    for_each = each.value.at_least > 0 ? [each.value] : []
    content {
      display_name = "at least ${conditions.value.at_least} in that time"
      condition_threshold {
        filter          = local.levels[conditions.value.level].total
        comparison      = "COMPARISON_GT"
        threshold_value = conditions.value.at_least - 1
        duration        = "0s"
        aggregations {
          alignment_period     = conditions.value.window
          per_series_aligner   = "ALIGN_DELTA"
          cross_series_reducer = "REDUCE_SUM"
        }
      }
    }
  }
  documentation {
    content = "Look at the dashboard Pulsepoint: which function answers 5xx or slowly, since when, after which release. Roll back the release first (README, Deploy), then look for the cause in its logs. Of accuracy: /api/admin/answer-accuracy tells which model and category of questions."
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
    content = "A message failed ten times. `npm run replay -- dead-letters` lists them with their reasons; mend the cause, then add `--publish`. Nothing is lost for 31 days."
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
