"""Activity interfaces: what a workflow may ask of another service, and with which payloads."""
