"""Where text comes from: one interface, one module for each protocol that providers speak."""
