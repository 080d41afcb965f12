output "next_runs" {
  value = provider::snapform::next_runs(
    { cron = "0 2 * * *", timezone = "Europe/Berlin" },
    plantimestamp(),
    3,
  )
}
