# Connects this account's CloudTrail to Vigia: a queue that tells of new log files, and a role of minimal rights that reads
# both. Makes the trail, its bucket and topic as well, unless it is given a bucket that a trail writes to already.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account     = data.aws_caller_identity.current.account_id
  partition   = data.aws_partition.current.partition
  region      = data.aws_region.current.name
  makes_trail = var.existing_bucket_name == null
  made        = local.makes_trail ? 1 : 0
  has_topic   = local.makes_trail || var.existing_topic_arn != null
  bucket      = local.makes_trail ? "${var.trail_name}-${local.account}-${local.region}" : var.existing_bucket_name
  bucket_arn  = "arn:${local.partition}:s3:::${local.bucket}"
  folder      = var.key_prefix == null ? "AWSLogs" : "${var.key_prefix}/AWSLogs"
  trail_arn   = "arn:${local.partition}:cloudtrail:${local.region}:${local.account}:trail/${var.trail_name}"
  topic_arn   = local.makes_trail ? one(aws_sns_topic.trail[*].arn) : var.existing_topic_arn
  # Whose files the trail writes: this account's, and those of the organisation's accounts.
  written_folders = compact([local.account, var.organization_id])
}

# What Vigia assumes.
data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "VigiaOnly"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [var.vigia_principal_arn]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}

data "aws_iam_policy_document" "read_trail" {
  statement {
    sid = "TakeNotifications"
    actions = [
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:ChangeMessageVisibility",
      "sqs:GetQueueAttributes",
    ]
    resources = [aws_sqs_queue.trail.arn]
  }
  statement {
    sid       = "ReadLogFiles"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket_arn}/${local.folder}/*"]
  }
  statement {
    sid       = "ListLogFiles"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${local.folder}/*"]
    }
  }
  statement {
    sid       = "CheckDigests"
    actions   = ["cloudtrail:ListPublicKeys"]
    resources = ["*"] # the call knows no resources
  }
  dynamic "statement" {
    for_each = var.kms_key_arn == null ? [] : [var.kms_key_arn]
    content {
      sid       = "DecryptLogFiles"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role" "vigia" {
  name_prefix          = "${var.trail_name}-"
  description          = "Lets Vigia read CloudTrail's log files."
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "vigia" {
  name   = "read-trail"
  role   = aws_iam_role.vigia.id
  policy = data.aws_iam_policy_document.read_trail.json
}

# What tells Vigia of new files.
resource "aws_sqs_queue" "dead_letter" {
  name_prefix               = "${var.trail_name}-dead-letter-"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "trail" {
  name_prefix                = "${var.trail_name}-"
  sqs_managed_sse_enabled    = true
  message_retention_seconds  = 1209600 # 14 days: as long as Vigia may be away and lose nothing
  visibility_timeout_seconds = 300
  receive_wait_time_seconds  = 20
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letter.arn
    maxReceiveCount     = 10
  })
}

data "aws_iam_policy_document" "queue" {
  statement {
    sid       = local.has_topic ? "FromTopic" : "FromBucket"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.trail.arn]
    principals {
      type        = "Service"
      identifiers = [local.has_topic ? "sns.amazonaws.com" : "s3.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.has_topic ? local.topic_arn : local.bucket_arn]
    }
    dynamic "condition" {
      for_each = local.has_topic ? [] : [local.account]
      content {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_sqs_queue_policy" "trail" {
  queue_url = aws_sqs_queue.trail.id
  policy    = data.aws_iam_policy_document.queue.json
}

resource "aws_sns_topic_subscription" "trail" {
  count                = local.has_topic ? 1 : 0
  topic_arn            = local.topic_arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.trail.arn
  raw_message_delivery = true
  depends_on           = [aws_sqs_queue_policy.trail]
}
