terraform {
  required_version = ">= 1.11"

  required_providers {
    azurerm = { source = "hashicorp/azurerm", version = "~> 5.2" }
    random  = { source = "hashicorp/random", version = "~> 3.7" }
    time    = { source = "hashicorp/time", version = "~> 0.13" }
  }

  # The state holds generated passwords: keep it in a storage account of its own (deploy/README.md).
  backend "azurerm" {
    use_azuread_auth = true
  }
}

provider "azurerm" {
  subscription_id     = var.subscription_id
  storage_use_azuread = true

  features {
    key_vault {
      purge_soft_delete_on_destroy = false
    }
    resource_group {
      prevent_deletion_if_contains_resources = true
    }
  }
}
