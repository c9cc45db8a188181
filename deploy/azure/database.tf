resource "random_password" "database" {
  for_each = toset(["administrator", "reports", "temporal"])
  length   = 32
  special  = false
}

# One server for our tables and Temporal's; Temporal's load is the larger one.
resource "azurerm_postgresql_flexible_server" "main" {
  name                          = "durable-reports-${var.name}"
  resource_group_name           = azurerm_resource_group.main.name
  location                      = azurerm_resource_group.main.location
  version                       = "18"
  sku_name                      = local.large ? "GP_Standard_D4ds_v5" : "B_Standard_B2s"
  storage_mb                    = local.large ? 262144 : 65536
  auto_grow_enabled             = true
  delegated_subnet_id           = azurerm_subnet.database.id
  private_dns_zone_id           = azurerm_private_dns_zone.database.id
  public_network_access_enabled = false
  administrator_login           = "administrator_of_reports"
  administrator_password        = random_password.database["administrator"].result
  # Restorable to any second of this many days.
  backup_retention_days        = local.large ? 35 : 14
  geo_redundant_backup_enabled = local.large
  zone                         = "1"
  tags                         = local.tags

  dynamic "high_availability" {
    for_each = local.large ? [1] : []

    content {
      mode                      = "ZoneRedundant"
      standby_availability_zone = "2"
    }
  }

  maintenance_window {
    day_of_week  = 0
    start_hour   = 3
    start_minute = 0
  }

  lifecycle {
    prevent_destroy = true
    # After a failover the zones are the other way round.
    ignore_changes = [zone, high_availability[0].standby_availability_zone]
  }

  depends_on = [azurerm_private_dns_zone_virtual_network_link.database]
}

resource "azurerm_postgresql_flexible_server_configuration" "tls" {
  name      = "require_secure_transport"
  server_id = azurerm_postgresql_flexible_server.main.id
  value     = "on"
}

resource "azurerm_postgresql_flexible_server_database" "main" {
  for_each  = toset(["reports", "temporal", "temporal_visibility"])
  name      = each.key
  server_id = azurerm_postgresql_flexible_server.main.id
  charset   = "UTF8"
  collation = "en_US.utf8"

  lifecycle {
    prevent_destroy = true
  }
}

# Temporal's visibility tables are indexed with it.
resource "azurerm_postgresql_flexible_server_configuration" "extensions" {
  name      = "azure.extensions"
  server_id = azurerm_postgresql_flexible_server.main.id
  value     = "BTREE_GIN"
}
