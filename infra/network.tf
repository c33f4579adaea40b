# Functions leave through Direct VPC egress: to the database by its private address, to the providers through one NAT.
resource "google_compute_network" "main" {
  name                    = "pulsepoint"
  auto_create_subnetworks = false

  depends_on = [google_project_service.used]
}

resource "google_compute_subnetwork" "functions" {
  name                     = "functions"
  network                  = google_compute_network.main.id
  region                   = var.region
  ip_cidr_range            = "10.16.0.0/20"
  private_ip_google_access = true
}

resource "google_compute_global_address" "services" {
  name          = "services"
  network       = google_compute_network.main.id
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  prefix_length = 20
}

resource "google_service_networking_connection" "services" {
  network                 = google_compute_network.main.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.services.name]
  deletion_policy         = "ABANDON" # Google holds it for hours after the last database; it goes with the network
}

resource "google_compute_router" "main" {
  name    = "pulsepoint"
  network = google_compute_network.main.id
  region  = var.region
}

resource "google_compute_router_nat" "out" {
  name                               = "out"
  router                             = google_compute_router.main.name
  region                             = var.region
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}
