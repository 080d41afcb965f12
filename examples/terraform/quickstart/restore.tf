resource "snapform_restore" "after_disaster" {
  name = "after-disaster"
  from = {
    policy     = snapform_backup_policy.nightly.name
    cluster    = "local"
    collection = "passages"
  }
  to = {
    cluster    = "local"
    collection = "passages"
    if_exists  = "replace" # back into its own place
  }
  check = "deep" # opens the table and asks it for neighbours
}
