# The only way in: four functions behind one address, by path.
locals {
  fronts = { for name, line in local.functions : name => line.http if can(line.http) }
  # "/*" is what no other path takes
  routed = { for name, paths in local.fronts : name => [for path in paths : path if path != "/*"] }
}

resource "google_compute_global_address" "front" {
  name = "pulsepoint"

  depends_on = [google_project_service.used]
}

resource "google_compute_region_network_endpoint_group" "front" {
  for_each = local.fronts

  name                  = each.key
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = module.function[each.key].service
  }
}

resource "google_compute_backend_service" "front" {
  for_each = local.fronts

  name                  = each.key
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.edge.id

  backend {
    group = google_compute_region_network_endpoint_group.front[each.key].id
  }
  log_config {
    enable      = true
    sample_rate = 0.1
  }
}

resource "google_compute_security_policy" "edge" {
  name = "edge"
  type = "CLOUD_ARMOR"

  rule {
    description = "An address that asks far more than a person or a program should"
    priority    = 1000
    action      = "throttle"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"
      rate_limit_threshold {
        count        = 1200
        interval_sec = 60
      }
    }
  }
  rule {
    description = "Known attacks"
    priority    = 900
    action      = "deny(403)"
    match {
      expr {
        expression = "evaluatePreconfiguredWaf('rce-v33-stable', {'sensitivity': 1}) || evaluatePreconfiguredWaf('lfi-v33-stable', {'sensitivity': 1})"
      }
    }
  }
  rule {
    description = "Default"
    priority    = 2147483647
    action      = "allow"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  depends_on = [google_project_service.used]
}

resource "google_compute_url_map" "front" {
  name            = "pulsepoint"
  default_service = google_compute_backend_service.front["dashboard"].id

  host_rule {
    hosts        = [var.domain]
    path_matcher = "functions"
  }
  path_matcher {
    name            = "functions"
    default_service = google_compute_backend_service.front["dashboard"].id

    dynamic "path_rule" {
      for_each = { for name, paths in local.routed : name => paths if length(paths) > 0 }
      content {
        paths   = path_rule.value
        service = google_compute_backend_service.front[path_rule.key].id
      }
    }
  }
}

resource "google_compute_ssl_policy" "modern" {
  name            = "modern"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"

  depends_on = [google_project_service.used]
}

resource "google_compute_managed_ssl_certificate" "front" {
  name = "pulsepoint"

  managed {
    domains = [var.domain]
  }
}

resource "google_compute_target_https_proxy" "front" {
  name             = "pulsepoint"
  url_map          = google_compute_url_map.front.id
  ssl_certificates = [google_compute_managed_ssl_certificate.front.id]
  ssl_policy       = google_compute_ssl_policy.modern.id
}

resource "google_compute_global_forwarding_rule" "https" {
  name                  = "https"
  target                = google_compute_target_https_proxy.front.id
  ip_address            = google_compute_global_address.front.id
  port_range            = "443"
  load_balancing_scheme = "EXTERNAL_MANAGED"
}
