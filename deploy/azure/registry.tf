resource "azurerm_container_registry" "main" {
  name                = "durablereports${var.name}"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  sku                 = local.large ? "Premium" : "Basic"
  admin_enabled       = false
  # Images that no tag names any more.
  retention_policy_in_days = local.large ? 30 : null
  zone_redundancy_enabled  = local.large
  anonymous_pull_enabled   = false
  tags                     = local.tags
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.main.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.main.kubelet_identity[0].object_id
}
