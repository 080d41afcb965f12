terraform {
  required_version = ">= 1.8"
  required_providers {
    snapform = {
      source = "snapform/snapform"
    }
  }
}

variable "qdrant_api_key" {
  description = "Key of the Qdrant cluster. Left out: SNAPFORM_PROD_API_KEY of the environment."
  type        = string
  sensitive   = true
  default     = null
}

provider "snapform" {
  project = "search-backups"

  clusters = {
    prod = {
      engine = "qdrant"
      nodes = [
        { url = "https://node-0.example:6333" },
        { url = "https://node-1.example:6333" },
        { url = "https://node-2.example:6333" },
      ]
      api_key = var.qdrant_api_key
    }
    staging = {
      engine = "qdrant"
      nodes  = [{ url = "https://staging.example:6333" }]
    }
  }

  repositories = {
    vault = {
      type = "filesystem"
      path = "/backups/vault"
    }
  }

  defaults = {
    timezone   = "Europe/Berlin"
    repository = "vault"
  }
}
