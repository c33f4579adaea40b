variable "project" {
  type = string
}

variable "region" {
  type    = string
  default = "us-central1"
}

variable "tenants" {
  description = "Ids of this shard's tenants and what each is called; `npm run tenant` writes the file."
  type        = map(object({ name = string }))

  validation {
    condition     = length(var.tenants) <= 200
    error_message = "A shard holds at most 200 tenants: a plan's time grows with the square of their number."
  }

  validation {
    condition     = alltrue([for id in keys(var.tenants) : can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", id))])
    error_message = "Keys are tenant ids (lower-case UUIDs)."
  }
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
