"""What the services say to each other: nothing here does any work."""
