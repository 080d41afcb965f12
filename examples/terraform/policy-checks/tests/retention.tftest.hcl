# `terraform test`: what every version of this configuration has to keep to. The snapshots that it
# takes go into a vault of their own.
variables {
  vault = "./vault-of-tests"
}

run "keeps_enough" {
  command = plan

  assert {
    condition     = tonumber(snapform_backup_policy.nightly.retention.last) >= 3
    error_message = "At least three snapshots stay: one to go back to, and two while it is doubted."
  }
}

run "keeps_them_when_destroyed" {
  command = plan

  assert {
    condition     = snapform_backup_policy.nightly.on_destroy == "keep"
    error_message = "Destroying the policy must not delete the backups."
  }
}

run "protects" {
  assert {
    condition     = snapform_backup_policy.nightly.status == "ok"
    error_message = "Not everything could be protected: ${snapform_backup_policy.nightly.status}."
  }

  assert {
    condition     = snapform_backup_policy.nightly.newest_restorable != null
    error_message = "A collection has nothing that could be restored."
  }
}
