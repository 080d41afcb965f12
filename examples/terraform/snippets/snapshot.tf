resource "snapform_snapshot" "before_v2" {
  name        = "before-v2"
  cluster     = "prod"
  collection  = "docs-en"
  description = "before the v2 re-embedding"
}
