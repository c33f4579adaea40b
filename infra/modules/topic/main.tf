terraform {
  required_providers {
    google = {
      source = "hashicorp/google"
    }
  }
}

variable "name" {
  type = string
}

resource "google_pubsub_topic" "this" {
  name                       = var.name
  message_retention_duration = "604800s" # a week can be delivered again
}

output "id" {
  value = google_pubsub_topic.this.id
}
