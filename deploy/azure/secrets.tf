data "azurerm_client_config" "current" {}

resource "azurerm_key_vault" "main" {
  name                          = "reports-${var.name}"
  resource_group_name           = azurerm_resource_group.main.name
  location                      = azurerm_resource_group.main.location
  tenant_id                     = data.azurerm_client_config.current.tenant_id
  sku_name                      = "standard"
  rbac_authorization_enabled    = true
  purge_protection_enabled      = true
  soft_delete_retention_days    = 90
  public_network_access_enabled = true
  tags                          = local.tags

  network_acls {
    default_action             = "Deny"
    bypass                     = "AzureServices"
    virtual_network_subnet_ids = [azurerm_subnet.nodes.id]
    ip_rules                   = var.operator_addresses
  }
}

resource "azurerm_role_assignment" "vault_operators" {
  scope                = azurerm_key_vault.main.id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = var.operators_group_id
}

resource "azurerm_role_assignment" "vault_terraform" {
  scope                = azurerm_key_vault.main.id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = data.azurerm_client_config.current.object_id
}

resource "random_password" "bootstrap_api_key" {
  length  = 40
  special = false
}

locals {
  database_host = azurerm_postgresql_flexible_server.main.fqdn

  # By the names that deploy/kubernetes/components/external-secrets asks for.
  secrets = {
    database-url      = "postgresql://reports:${random_password.database["reports"].result}@${local.database_host}:5432/reports?sslmode=require"
    openai-api-key    = var.openai_api_key
    bootstrap-api-key = random_password.bootstrap_api_key.result
    temporal-password = random_password.database["temporal"].result
    reports-password  = random_password.database["reports"].result
    postgres-admin    = random_password.database["administrator"].result
  }
}

resource "azurerm_key_vault_secret" "main" {
  for_each        = toset(["database-url", "openai-api-key", "bootstrap-api-key", "temporal-password", "reports-password", "postgres-admin"])
  name            = each.key
  value           = local.secrets[each.key]
  key_vault_id    = azurerm_key_vault.main.id
  content_type    = "text/plain"
  expiration_date = timeadd(time_static.secrets.rfc3339, "8760h")

  depends_on = [azurerm_role_assignment.vault_terraform]
}

resource "time_static" "secrets" {}
