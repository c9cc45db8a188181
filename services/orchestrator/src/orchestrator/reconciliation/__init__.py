"""The periodic sweep that finds what fell between two stores, and mends or reports it."""
