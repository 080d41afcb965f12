# Staging gets what the newest nightly snapshot holds, once.
resource "snapform_restore" "staging" {
  name = "staging"
  from = {
    policy     = snapform_backup_policy.nightly.name
    cluster    = snapform_backup_policy.nightly.cluster
    collection = "docs-en"
  }
  to = {
    cluster    = "staging"
    collection = "docs-en-restored"
  }
  check = "count"
}

# Whenever a newer snapshot is complete it is restored beside the old one, and the alias moves.
resource "snapform_restore" "mirror" {
  name = "mirror"
  from = {
    policy     = snapform_backup_policy.nightly.name
    cluster    = snapform_backup_policy.nightly.cluster
    collection = "docs-en"
  }
  to = {
    cluster    = "staging"
    collection = "docs-en-mirror"
    if_exists  = "alias"
    alias      = "docs-en"
  }
  refresh = "follow"
}

# From a repository, while the cluster that was snapshotted is down.
resource "snapform_restore" "november" {
  name = "november"
  from = {
    repository = "vault"
    cluster    = "prod"
    collection = "docs-en"
    at         = "2026-11-01T00:00:00Z"
  }
  to = {
    cluster    = "staging"
    collection = "docs-en-november"
  }
  timeouts {
    create = "2h"
  }
}
