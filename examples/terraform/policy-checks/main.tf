terraform {
  required_version = ">= 1.8"
  required_providers {
    snapform = {
      source  = "snapform/snapform"
      version = "~> 0.1"
    }
  }
}

variable "keep" {
  description = "How many snapshots stay."
  type        = number
  default     = 6
}

variable "vault" {
  description = "Where the copies go; the tests have a place of their own."
  type        = string
  default     = "./vault"
}

provider "snapform" {
  project = "policy-checks"

  clusters = {
    local = { engine = "lancedb", uri = "./data" }
  }
  repositories = {
    vault = { type = "filesystem", path = var.vault }
  }
}

resource "snapform_backup_policy" "nightly" {
  name        = "nightly"
  cluster     = "local"
  collections = ["passages"]
  schedule    = { cron = "0 2 * * *", timezone = "Europe/Berlin" }
  retention   = { last = var.keep }
  repository  = "vault"
}

# What an apply could not do is a warning, which nobody reads at night: a pipeline asks for this.
output "protected" {
  value = snapform_backup_policy.nightly.status == "ok"
}
