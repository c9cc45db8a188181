"""HTTP in, HTTP out: every handler translates and decides nothing."""
