variable "spare_nodes" {
  description = "Another cluster, which takes over; it may have fewer nodes."
  type        = list(string)
}

variable "spare_collection" {
  type    = string
  default = "test_collection"
}

# Read from the vault alone: the first cluster may be gone.
resource "snapform_restore" "take_over" {
  name = "take-over"
  from = {
    repository = "vault"
    cluster    = snapform_backup_policy.nightly.cluster
    collection = var.collection
  }
  to = {
    cluster    = "spare"
    collection = var.spare_collection
  }
  check = "count"
}
