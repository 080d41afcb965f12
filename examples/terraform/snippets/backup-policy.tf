resource "snapform_backup_policy" "nightly" {
  name        = "nightly"
  cluster     = "prod"
  collections = ["docs-*", "!docs-tmp"]
  schedule    = { cron = "0 2 * * *" }
  retention   = { last = 3, daily = 7, weekly = 4, monthly = 6 }

  deletion_protection = true
}

# Fails the plan's checks when nothing fresh enough could be restored.
check "fresh" {
  assert {
    condition = try(
      timecmp(snapform_backup_policy.nightly.newest_restorable, timeadd(plantimestamp(), "-48h")) > 0,
      false,
    )
    error_message = "A collection cannot be restored to a point of the last two days."
  }
}
