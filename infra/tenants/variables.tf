variable "project" {
  type = string
}

variable "region" {
  type    = string
  default = "us-central1"
}

variable "shard" {
  description = "The day whose tenants these are, such as 20261127, or 20261127-2 for what that had no room for; null: those of `tenants` alone."
  type        = string
  default     = null
}

variable "tenants" {
  description = "Ids of tenants that are not registered."
  type        = set(string)
  default     = []
}

variable "writers" {
  description = "Accounts that append, make tables and erase: output warehouse_writers of the platform."
  type        = map(string)
}

variable "principals" {
  description = "Prefix of a tenant's principal: output tenant_principals of the platform."
  type        = string
}

variable "keep_years" {
  type    = number
  default = 7
}
