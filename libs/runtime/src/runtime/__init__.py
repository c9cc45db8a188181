"""What every process needs to start: its life cycle, bus, Temporal, health, telemetry, stores."""
