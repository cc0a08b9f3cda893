variable "vigia_principal_arn" {
  description = "ARN of the IAM role or user that Vigia runs as. Only it may assume the role made here."
  type        = string
  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::\\d{12}:(role|user)/[\\w+=,.@/-]+$", var.vigia_principal_arn))
    error_message = "Must be the ARN of an IAM role or user."
  }
}

variable "external_id" {
  description = "The external id that Vigia shows for this connection."
  type        = string
  validation {
    condition     = can(regex("^[\\w+=,.@:/-]{16,1224}$", var.external_id))
    error_message = "Must have 16 characters or more, of letters, digits and _+=,.@:/-."
  }
}

variable "trail_name" {
  description = "Name of the new trail; a prefix of the names of what is made here."
  type        = string
  default     = "vigia"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.trail_name))
    error_message = "Must be of 3 to 20 lower-case letters, digits and hyphens."
  }
}

variable "organization_id" {
  description = "Id of the AWS organisation (o-…), for a trail of all its accounts: apply this in its management account then. Null for a trail of this account."
  type        = string
  default     = null
}

variable "log_days" {
  description = "Days for which the new bucket keeps log files."
  type        = number
  default     = 400
}

variable "existing_bucket_name" {
  description = "Bucket that a trail writes to already, in this account. Null to make a trail."
  type        = string
  default     = null
}

variable "existing_topic_arn" {
  description = "SNS topic that the existing bucket tells of new files already. Null when the bucket is to tell the queue itself: add that notification to it once this is applied."
  type        = string
  default     = null
}

variable "key_prefix" {
  description = "The trail's prefix, which the keys of its log files have before /AWSLogs/. Null for none."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "KMS key that log files are encrypted with (SSE-KMS). Null when S3 encrypts them with its own. For a new trail the key's policy must let CloudTrail use it."
  type        = string
  default     = null
}
