"""Many reports at once: reading what was sent, and accepting it."""
