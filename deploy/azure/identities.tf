# Pods are somebody by their service account; no key is kept anywhere.
locals {
  artifact_accounts = toset(["gateway", "llm-worker", "pdf-worker", "orchestrator-metadata"])
  issuer            = azurerm_kubernetes_cluster.main.oidc_issuer_url
  audience          = "api://AzureADTokenExchange"
}

resource "azurerm_user_assigned_identity" "artifacts" {
  name                = "artifacts"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  tags                = local.tags
}

resource "azurerm_federated_identity_credential" "artifacts" {
  for_each                  = local.artifact_accounts
  name                      = each.key
  user_assigned_identity_id = azurerm_user_assigned_identity.artifacts.id
  audience                  = [local.audience]
  issuer                    = local.issuer
  subject                   = "system:serviceaccount:temporal-ai:${each.key}"
}

resource "azurerm_role_assignment" "artifacts" {
  scope                = azurerm_storage_account.artifacts.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = azurerm_user_assigned_identity.artifacts.principal_id
}

resource "azurerm_user_assigned_identity" "secrets" {
  name                = "secrets-reader"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  tags                = local.tags
}

resource "azurerm_federated_identity_credential" "secrets" {
  name                      = "secrets-reader"
  user_assigned_identity_id = azurerm_user_assigned_identity.secrets.id
  audience                  = [local.audience]
  issuer                    = local.issuer
  subject                   = "system:serviceaccount:temporal-ai:secrets-reader"
}

resource "azurerm_role_assignment" "secrets" {
  scope                = azurerm_key_vault.main.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.secrets.principal_id
}

# The pipeline signs in with a token of its own run; only runs of the environment `production` may.
resource "azurerm_user_assigned_identity" "pipeline" {
  count               = var.github_repository == null ? 0 : 1
  name                = "pipeline"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  tags                = local.tags
}

resource "azurerm_federated_identity_credential" "pipeline" {
  count                     = var.github_repository == null ? 0 : 1
  name                      = "production"
  user_assigned_identity_id = azurerm_user_assigned_identity.pipeline[0].id
  audience                  = [local.audience]
  issuer                    = "https://token.actions.githubusercontent.com"
  subject                   = "repo:${var.github_repository}:environment:production"
}

resource "azurerm_role_assignment" "pipeline_push" {
  count                = var.github_repository == null ? 0 : 1
  scope                = azurerm_container_registry.main.id
  role_definition_name = "AcrPush"
  principal_id         = azurerm_user_assigned_identity.pipeline[0].principal_id
}

resource "azurerm_role_assignment" "pipeline_cluster" {
  for_each             = toset(var.github_repository == null ? [] : ["Azure Kubernetes Service RBAC Cluster Admin", "Azure Kubernetes Service Contributor Role"])
  scope                = azurerm_kubernetes_cluster.main.id
  role_definition_name = each.key
  principal_id         = azurerm_user_assigned_identity.pipeline[0].principal_id
}
