variable "name" {
  type = string
}

variable "project" {
  type = string
}

variable "region" {
  type = string
}

variable "bundle" {
  description = "Folder with index.js and package.json."
  type        = string
}

variable "bucket" {
  type = string
}

variable "images" {
  description = "Where the build puts the function's image."
  type        = string
}

variable "build_identity" {
  type = string
}

variable "size" {
  type = object({
    concurrency = number
    min         = number
    max         = number
    memory      = string
  })
}

variable "environment" {
  type = map(string)
}

variable "database" {
  description = "Where it logs in by IAM; null: it has no database."
  type = object({
    instance = string
    host     = string
    replica  = string
    ca       = string # certificates of the authorities that its servers are known by, PEM
    pool     = number
  })
}

variable "network" {
  type = object({
    network    = string
    subnetwork = string
  })
}

variable "is_front" {
  description = "Reached by people through the load balancer, which carries no identity."
  type        = bool
}

variable "schedule" {
  type = string
}

variable "subscriptions" {
  type = map(object({
    topic  = string
    filter = string
  }))
}

variable "dead_letters" {
  type = string
}

variable "pubsub" {
  description = "The service agent of Pub/Sub."
  type        = string
}

variable "publishes" {
  description = "Ids of topics by name."
  type        = map(string)
}

variable "secrets" {
  description = "Ids by name."
  type        = map(string)
}

variable "roles" {
  description = "Project roles without their prefix."
  type        = list(string)
}

variable "delays" {
  description = "The task queue; null: it delays nothing."
  type        = string
}
