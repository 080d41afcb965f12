output "kept" {
  value = [
    for each in provider::snapform::retention_preview(
      { last = 1, daily = 2 },
      "Europe/Berlin",
      ["2026-11-18T01:00:00Z", "2026-11-19T01:00:00Z", "2026-11-20T01:00:00Z"],
    ) : "${each.instant}: ${join(", ", each.reasons)}" if each.kept
  ]
}
