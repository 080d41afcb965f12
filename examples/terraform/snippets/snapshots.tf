data "snapform_snapshots" "november" {
  policy          = snapform_backup_policy.nightly.name
  place           = "repository.vault"
  status          = "complete"
  finished_after  = "2026-11-01T00:00:00Z"
  finished_before = "2026-12-01T00:00:00Z"
}

output "november" {
  value = [for each in data.snapform_snapshots.november.snapshots : "${each.collection} ${each.id}"]
}
