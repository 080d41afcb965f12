data "snapform_collections" "docs" {
  cluster  = "prod"
  patterns = ["docs-*"]
}

output "points" {
  value = { for each in data.snapform_collections.docs.collections : each.name => each.points }
}
