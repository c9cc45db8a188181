"""From commands on the bus to running workflows, and the record of each report."""
