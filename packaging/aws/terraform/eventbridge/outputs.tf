output "dead_letter_queue_url" {
  description = "Where events wait that Vigia could not be given for a day."
  value       = aws_sqs_queue.dead_letter.url
}

output "region" {
  description = "The region whose events are sent; apply this in each that is used, and in us-east-1 for sign-ins and IAM."
  value       = data.aws_region.current.name
}
