"""Every error as a problem of RFC 9457 that names the field and the remedy."""
