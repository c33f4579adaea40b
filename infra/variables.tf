variable "project" {
  description = "Google Cloud project of this environment; each environment has one of its own."
  type        = string
}

variable "environment" {
  type = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "dev, staging or prod."
  }
}

variable "region" {
  description = "All data stays in it."
  type        = string
  default     = "us-central1"
}

variable "domain" {
  description = "Host of the load balancer, such as app.pulsepoint.example; its A record must point to the output address."
  type        = string
}

variable "bundles" {
  description = "Folder that `npm run build` wrote; one folder a function."
  type        = string
  default     = "../dist"
}

variable "release" {
  description = "Shown by /health and in every log line, such as a commit."
  type        = string
  default     = "unreleased"
}

variable "instances" {
  description = "Sizes of this environment: the share of the capacity table's ceilings, and whether fronts are kept warm."
  type = object({
    share = number
    warm  = bool
  })
  default = { share = 1, warm = true }

  validation {
    condition     = var.instances.share > 0 && var.instances.share <= 1
    error_message = "share is above 0 and at most 1."
  }
}

variable "database" {
  description = "Cloud SQL of this environment. Backups hold erased data for as long as they can be restored."
  type = object({
    tier         = string
    available    = bool # a standby in another zone
    replica      = bool
    restore_days = number
  })

  validation {
    condition     = var.database.restore_days >= 1 && var.database.restore_days <= 30
    error_message = "restore_days is 1 to 30."
  }
}

variable "apps" {
  description = "Client ids of our apps at the providers; their secrets are in Secret Manager."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.apps) : can(regex("^(SHOPIFY|META|TIKTOK|GOOGLE_ADS)_CLIENT_ID$", name))])
    error_message = "Names are SHOPIFY_CLIENT_ID, META_CLIENT_ID, TIKTOK_CLIENT_ID, GOOGLE_ADS_CLIENT_ID."
  }
}

variable "on_call" {
  description = "E-mail address that operational alerts and the budget go to."
  type        = string
}

variable "budget" {
  description = "Billing account and monthly USD; null: no budget is watched."
  type = object({
    billing_account = string
    usd_a_month     = number
  })
  default = null
}

variable "repository" {
  description = "GitHub repository whose main branch Cloud Build deploys; null: no trigger."
  type = object({
    owner = string
    name  = string
  })
  default = null
}

variable "sender" {
  description = "From address of our e-mails."
  type        = string
  default     = "Pulsepoint <no-reply@pulsepoint.example>"
}
