resource "azurerm_user_assigned_identity" "cluster" {
  name                = "cluster"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  tags                = local.tags
}

# To give the public address to the load balancer and nodes to the subnet.
resource "azurerm_role_assignment" "cluster_network" {
  scope                = azurerm_resource_group.main.id
  role_definition_name = "Network Contributor"
  principal_id         = azurerm_user_assigned_identity.cluster.principal_id
}

resource "azurerm_log_analytics_workspace" "main" {
  name                = "logs"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  sku                 = "PerGB2018"
  retention_in_days   = 30
  daily_quota_gb      = local.large ? 10 : 1
  tags                = local.tags
}

resource "azurerm_kubernetes_cluster" "main" {
  name                         = "durable-reports-${var.name}"
  resource_group_name          = azurerm_resource_group.main.name
  location                     = azurerm_resource_group.main.location
  dns_prefix                   = "reports-${var.name}"
  sku_tier                     = local.large ? "Standard" : "Free"
  automatic_upgrade_channel    = "patch"
  node_os_upgrade_channel      = "SecurityPatch"
  oidc_issuer_enabled          = true
  workload_identity_enabled    = true
  local_account_disabled       = true
  azure_policy_enabled         = true
  image_cleaner_enabled        = true
  image_cleaner_interval_hours = 48
  tags                         = local.tags

  default_node_pool {
    name                         = "system"
    vm_size                      = "Standard_D2as_v5"
    zones                        = ["1", "2", "3"]
    vnet_subnet_id               = azurerm_subnet.nodes.id
    auto_scaling_enabled         = true
    min_count                    = local.large ? 2 : 1
    max_count                    = 3
    only_critical_addons_enabled = true
    os_sku                       = "AzureLinux"
    max_pods                     = 110
    temporary_name_for_rotation  = "rotating"

    upgrade_settings {
      max_surge = "1"
    }
  }

  node_provisioning_profile {
    mode = "Manual"
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.cluster.id]
  }

  # Cilium enforces the network policies of deploy/kubernetes.
  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_policy      = "cilium"
    network_data_plane  = "cilium"
    pod_cidr            = "10.244.0.0/16"
    service_cidr        = "10.96.0.0/16"
    dns_service_ip      = "10.96.0.10"
    load_balancer_sku   = "standard"
  }

  api_server_access_profile {
    authorized_ip_ranges = var.operator_addresses
  }

  azure_active_directory_role_based_access_control {
    azure_rbac_enabled     = true
    admin_group_object_ids = [var.operators_group_id]
  }

  # KEDA, which scales every process (deploy/kubernetes/components/keda).
  workload_autoscaler_profile {
    keda_enabled = true
  }

  oms_agent {
    log_analytics_workspace_id      = azurerm_log_analytics_workspace.main.id
    msi_auth_for_monitoring_enabled = true
  }

  maintenance_window_auto_upgrade {
    frequency   = "Weekly"
    interval    = 1
    duration    = 4
    day_of_week = "Sunday"
    start_time  = "02:00"
    utc_offset  = "+00:00"
  }

  maintenance_window_node_os {
    frequency   = "Weekly"
    interval    = 1
    duration    = 4
    day_of_week = "Saturday"
    start_time  = "02:00"
    utc_offset  = "+00:00"
  }

  depends_on = [azurerm_role_assignment.cluster_network]
}

resource "azurerm_kubernetes_cluster_node_pool" "work" {
  name                  = "work"
  kubernetes_cluster_id = azurerm_kubernetes_cluster.main.id
  vm_size               = local.large ? "Standard_D4as_v5" : "Standard_D2as_v5"
  zones                 = ["1", "2", "3"]
  vnet_subnet_id        = azurerm_subnet.nodes.id
  auto_scaling_enabled  = true
  min_count             = local.large ? 3 : 2
  max_count             = local.large ? 12 : 4
  os_sku                = "AzureLinux"
  max_pods              = 110
  tags                  = local.tags

  upgrade_settings {
    max_surge                = "1"
    drain_timeout_in_minutes = 15
  }
}
