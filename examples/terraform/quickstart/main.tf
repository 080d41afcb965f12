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
  default     = 3
}

provider "snapform" {
  project = "quickstart"

  clusters = {
    local = { engine = "lancedb", uri = "./data" }
  }
  repositories = {
    vault = { type = "filesystem", path = "./vault" } # on other storage in real life
  }
}

resource "snapform_backup_policy" "nightly" {
  name        = "nightly"
  cluster     = "local"
  collections = ["*", "!scratch"]
  schedule    = { cron = "0 2 * * *", timezone = "Europe/Berlin" }
  retention   = { last = var.keep }
  repository  = "vault"
}
