variable "subscription_id" {
  description = "The subscription that pays."
  type        = string
}

variable "name" {
  description = "A short name for this installation; part of every resource's name, some of which are unique in all of Azure."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{2,11}$", var.name))
    error_message = "3 to 12 lower-case letters and digits, the first a letter."
  }
}

variable "location" {
  description = "An Azure region with availability zones."
  type        = string
  default     = "westeurope"
}

variable "host" {
  description = "The host name at which people reach the product."
  type        = string
}

variable "dns_zone" {
  description = "A DNS zone to make for the host name, or null when the name is kept elsewhere."
  type        = string
  default     = null
}

variable "email" {
  description = "Where Let's Encrypt writes when a certificate was not renewed."
  type        = string
}

variable "operators_group_id" {
  description = "The object id of the Entra group whose members operate the cluster and the vault."
  type        = string
}

variable "operator_addresses" {
  description = "CIDR blocks from which the cluster's API and the vault are reached; the operators' and the pipeline's."
  type        = list(string)

  validation {
    condition     = length(var.operator_addresses) > 0 && !contains(var.operator_addresses, "0.0.0.0/0")
    error_message = "Name the addresses; an empty list would open the API to the world."
  }
}

variable "openai_api_key" {
  description = "The key of the model's API; kept in Key Vault."
  type        = string
  sensitive   = true
}

variable "size" {
  description = "small: for a team. large: survives the loss of a zone. Costs are in deploy/README.md."
  type        = string
  default     = "large"

  validation {
    condition     = contains(["small", "large"], var.size)
    error_message = "small or large."
  }
}

variable "github_repository" {
  description = "owner/name of the repository whose pipeline deploys, or null for none."
  type        = string
  default     = null
}

locals {
  large = var.size == "large"

  tags = {
    application = "durable-reports"
    environment = var.name
  }
}
