# What a plan of Terraform may do to backups. For conftest (`conftest test plan.json`) and for OPA
# (`opa eval -d policy -i plan.json data.main.deny`); plan.json is `terraform show -json FILE`.
package main

import rego.v1

# So many snapshots may expire in one plan.
max_expire_count := 3

# So many of the newest snapshots, or of the newest days, stay at least.
min_last := 3

min_daily := 7

policies contains change if {
	some change in input.resource_changes
	change.type == "snapform_backup_policy"
	change.change.after != null
}

# A policy with nothing to do still has the lines of its last apply. What is held back stays.
expires contains line if {
	some policy in policies
	policy.change.after.changes != object.get(policy.change, ["before", "changes"], null)
	some line in policy.change.after.changes
	startswith(line, "- ")
	not contains(line, " [held back: ")
}

deny contains message if {
	count(expires) > max_expire_count
	message := sprintf(
		"%d snapshots would expire, at most %d may in one plan",
		[count(expires), max_expire_count],
	)
}

deny contains message if {
	some policy in policies
	not keeps_enough(policy.change.after.retention)
	message := sprintf(
		"%s keeps too little: last >= %d, daily >= %d or keep_all is asked for",
		[policy.address, min_last, min_daily],
	)
}

# A replacement deletes nothing.
deny contains message if {
	some change in input.resource_changes
	change.type == "snapform_backup_policy"
	change.change.actions == ["delete"]
	change.change.before.on_destroy == "delete"
	message := sprintf("%s would be destroyed together with its snapshots", [change.address])
}

# What a new policy will do is not known before it is applied.
warn contains message if {
	some policy in policies
	policy.change.after_unknown.changes == true
	message := sprintf("what %s will do is not known yet", [policy.address])
}

keeps_enough(retention) if retention.keep_all == true

keeps_enough(retention) if at_least(retention.last, min_last)

keeps_enough(retention) if at_least(retention.daily, min_daily)

at_least("all", _)

at_least(value, floor) if to_number(value) >= floor
