variable "vigia_url" {
  description = "Where Vigia takes events, as EventBridge reaches it: https://vigia.example.com/api/v1/events. Its certificate must be of an authority that is trusted publicly."
  type        = string
  validation {
    condition     = can(regex("^https://[A-Za-z0-9.-]+(:\\d+)?/api/v1/events$", var.vigia_url))
    error_message = "Must be https://HOST/api/v1/events."
  }
}

variable "source_key" {
  description = "A key of kind source, made in Vigia for this connection. EventBridge keeps it in Secrets Manager."
  type        = string
  sensitive   = true
  validation {
    condition     = can(regex("^vigia_\\w{16,128}$", var.source_key))
    error_message = "Must be a key of Vigia, vigia_…."
  }
}

variable "include_reads" {
  description = "Whether calls that only read (Get, List, Describe) are sent, too. They are many times the rest; the trail's files have them in any case."
  type        = bool
  default     = false
}

variable "requests_per_second" {
  description = "Requests a second at most, one for each event. More wait at EventBridge."
  type        = number
  default     = 300
}
