terraform {
  required_version = ">= 1.8"
  required_providers {
    snapform = {
      source  = "snapform/snapform"
      version = "~> 0.1"
    }
  }
}

variable "nodes" {
  description = "Every node of the cluster by an address of its own: a snapshot has one file on each."
  type        = list(string)
}

variable "collection" {
  type    = string
  default = "test_collection"
}

# The key is read from SNAPFORM_PROD_API_KEY: it stands in no file, no plan and no state.
provider "snapform" {
  project = "qdrant-cluster"

  clusters = {
    prod  = { engine = "qdrant", nodes = [for url in var.nodes : { url = url }] }
    spare = { engine = "qdrant", nodes = [for url in var.spare_nodes : { url = url }] }
  }
  repositories = {
    vault = { type = "filesystem", path = "./vault" } # outside the cluster
  }
}

resource "snapform_backup_policy" "nightly" {
  name            = "nightly"
  cluster         = "prod"
  collections     = [var.collection]
  schedule        = { cron = "0 2 * * *", timezone = "Europe/Berlin" }
  retention       = { last = 2 } # of the copies in the vault
  repository      = "vault"
  keep_on_cluster = 1 # on the disks of the nodes, which are the scarce ones

  deletion_protection = var.protected
}

variable "protected" {
  description = "Refuses to destroy the policy."
  type        = bool
  default     = true
}
