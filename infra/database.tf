locals {
  # Of the primary and its replica alike.
  postgres = {
    version = "POSTGRES_18"
    edition = "ENTERPRISE"
    flags   = { "cloudsql.iam_authentication" = "on", max_connections = "1000" }
    # Only over TLS; functions check the server by its instance's own authority, during a rotation by the old and the new one.
    ssl_mode  = "ENCRYPTED_ONLY"
    authority = "GOOGLE_MANAGED_INTERNAL_CA"
  }
}

locals {
  # Certificates are for everybody to read, though the provider holds them for secrets.
  database_authorities = nonsensitive(join("\n", flatten([
    for instance in concat([google_sql_database_instance.main], google_sql_database_instance.replica) : instance.server_ca_cert[*].cert
  ])))
}

resource "google_sql_database_instance" "main" {
  name                = "pulsepoint"
  database_version    = local.postgres.version
  region              = var.region
  deletion_protection = var.environment == "prod"
  encryption_key_name = google_kms_crypto_key.data.id

  settings {
    edition           = local.postgres.edition
    tier              = var.database.tier
    availability_type = var.database.available ? "REGIONAL" : "ZONAL"
    disk_type         = "PD_SSD"
    disk_autoresize   = true

    backup_configuration {
      enabled                        = true
      start_time                     = "04:00"
      location                       = var.region
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = min(var.database.restore_days, 7)

      backup_retention_settings {
        retained_backups = var.database.restore_days
      }
    }

    ip_configuration {
      ipv4_enabled    = false
      private_network = google_compute_network.main.id
      ssl_mode        = local.postgres.ssl_mode
      server_ca_mode  = local.postgres.authority
    }

    dynamic "database_flags" {
      for_each = local.postgres.flags
      content {
        name  = database_flags.key
        value = database_flags.value
      }
    }

    insights_config {
      query_insights_enabled = true
    }

    maintenance_window {
      day  = 7
      hour = 5
    }
  }

  depends_on = [google_service_networking_connection.services, google_kms_crypto_key_iam_member.database]
}

resource "google_sql_database_instance" "replica" {
  count = var.database.replica ? 1 : 0

  name                 = "pulsepoint-replica"
  database_version     = local.postgres.version
  region               = var.region
  master_instance_name = google_sql_database_instance.main.name
  deletion_protection  = false
  encryption_key_name  = google_kms_crypto_key.data.id

  settings {
    edition           = local.postgres.edition
    tier              = var.database.tier
    availability_type = "ZONAL"
    disk_autoresize   = true

    ip_configuration {
      ipv4_enabled    = false
      private_network = google_compute_network.main.id
      ssl_mode        = local.postgres.ssl_mode
      server_ca_mode  = local.postgres.authority
    }

    dynamic "database_flags" {
      for_each = local.postgres.flags
      content {
        name  = database_flags.key
        value = database_flags.value
      }
    }
  }
}

resource "google_sql_database" "main" {
  name     = "pulsepoint"
  instance = google_sql_database_instance.main.name
}
