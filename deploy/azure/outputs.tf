output "cluster_env" {
  description = "deploy/kubernetes/overlays/aks/cluster.env"
  value       = <<-EOT
    HOST=${var.host}
    EMAIL=${var.email}
    KEY_VAULT_URL=${trimsuffix(azurerm_key_vault.main.vault_uri, "/")}
    SECRETS_CLIENT_ID=${azurerm_user_assigned_identity.secrets.client_id}
    ARTIFACTS_CLIENT_ID=${azurerm_user_assigned_identity.artifacts.client_id}
    DATABASE_SUBNET=${azurerm_subnet.database.address_prefixes[0]}
  EOT
}

output "settings_env" {
  description = "deploy/kubernetes/overlays/aks/settings.env"
  value       = <<-EOT
    ARTIFACT_STORE_URL=az://${azurerm_storage_container.artifacts.name}
    AZURE_STORAGE_ACCOUNT_NAME=${azurerm_storage_account.artifacts.name}
  EOT
}

output "resource_group" {
  description = "Where everything is."
  value       = azurerm_resource_group.main.name
}

output "cluster" {
  description = "The cluster's name."
  value       = azurerm_kubernetes_cluster.main.name
}

output "registry" {
  description = "Where images are pushed to."
  value       = azurerm_container_registry.main.login_server
}

output "database_host" {
  description = "PostgreSQL, from inside the network."
  value       = local.database_host
}

output "key_vault" {
  description = "The vault's name."
  value       = azurerm_key_vault.main.name
}

output "entrance_address" {
  description = "The public address that the host name stands for."
  value       = azurerm_public_ip.entrance.ip_address
}

output "pipeline_client_id" {
  description = "AZURE_CLIENT_ID of the pipeline."
  value       = one(azurerm_user_assigned_identity.pipeline[*].client_id)
}
