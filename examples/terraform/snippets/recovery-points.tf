data "snapform_recovery_points" "prod" {
  cluster = "prod"
}

output "recoverable_from_to" {
  value = {
    for each in data.snapform_recovery_points.prod.recovery_points :
    each.collection => "${each.oldest} to ${each.newest}"
  }
}
