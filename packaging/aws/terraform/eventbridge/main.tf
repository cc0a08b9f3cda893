# Sends this region's events to Vigia within seconds, by EventBridge: CloudTrail management events and what ECR, Inspector,
# GuardDuty, ECS and Systems Manager find. What cannot be delivered for a day goes to a queue.

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  state = var.include_reads ? "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" : "ENABLED"
}

resource "aws_cloudwatch_event_connection" "vigia" {
  name               = "vigia"
  description        = "Vigia's source key"
  authorization_type = "API_KEY"
  auth_parameters {
    api_key {
      key   = "Authorization"
      value = "Bearer ${var.source_key}"
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "vigia" {
  name                             = "vigia"
  description                      = "Vigia's intake"
  connection_arn                   = aws_cloudwatch_event_connection.vigia.arn
  invocation_endpoint              = var.vigia_url
  http_method                      = "POST"
  invocation_rate_limit_per_second = var.requests_per_second
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "RulesOfThisAccount"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "call_vigia" {
  statement {
    sid       = "CallVigia"
    actions   = ["events:InvokeApiDestination"]
    resources = [aws_cloudwatch_event_api_destination.vigia.arn]
  }
}

resource "aws_iam_role" "vigia" {
  name_prefix        = "vigia-events-"
  description        = "Lets EventBridge call Vigia's intake."
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "vigia" {
  name   = "call-vigia"
  role   = aws_iam_role.vigia.id
  policy = data.aws_iam_policy_document.call_vigia.json
}

resource "aws_sqs_queue" "dead_letter" {
  name_prefix               = "vigia-events-dead-letter-"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 1209600
}

data "aws_iam_policy_document" "dead_letter" {
  statement {
    sid       = "FromRules"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead_letter.arn]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.trail.arn, aws_cloudwatch_event_rule.findings.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "dead_letter" {
  queue_url = aws_sqs_queue.dead_letter.id
  policy    = data.aws_iam_policy_document.dead_letter.json
}

resource "aws_cloudwatch_event_rule" "trail" {
  name_prefix = "vigia-trail-"
  description = "CloudTrail management events, to Vigia"
  state       = local.state
  event_pattern = jsonencode({
    detail-type = [
      "AWS API Call via CloudTrail",
      "AWS Console Sign In via CloudTrail",
      "AWS Service Event via CloudTrail",
    ]
    detail = { eventCategory = ["Management"] }
  })
}

resource "aws_cloudwatch_event_rule" "findings" {
  name_prefix = "vigia-findings-"
  description = "Findings and changes of ECR, Inspector, GuardDuty, ECS and Systems Manager, to Vigia"
  event_pattern = jsonencode({
    source = ["aws.ecr", "aws.inspector2", "aws.guardduty", "aws.ecs", "aws.ssm"]
    detail-type = [
      "ECR Image Scan",
      "Inspector2 Finding",
      "GuardDuty Finding",
      "ECS Task State Change",
      "EC2 Command Status-change Notification",
      "EC2 Command Invocation Status-change Notification",
      "Parameter Store Change",
    ]
  })
}

resource "aws_cloudwatch_event_target" "vigia" {
  for_each = {
    trail    = aws_cloudwatch_event_rule.trail.name
    findings = aws_cloudwatch_event_rule.findings.name
  }
  rule      = each.value
  target_id = "vigia"
  arn       = aws_cloudwatch_event_api_destination.vigia.arn
  role_arn  = aws_iam_role.vigia.arn
  dead_letter_config {
    arn = aws_sqs_queue.dead_letter.arn
  }
  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }
}
