output "role_arn" {
  description = "Vigia asks for this: the role that it assumes."
  value       = aws_iam_role.vigia.arn
}

output "queue_url" {
  description = "Vigia asks for this: the queue that tells of new files."
  value       = aws_sqs_queue.trail.url
}

output "region" {
  description = "Vigia asks for this: the region of the queue."
  value       = local.region
}

output "bucket_name" {
  description = "Vigia asks for this when it fills in what was before: the bucket of the log files."
  value       = local.bucket
}
