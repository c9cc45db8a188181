"""Metrics: a closed set declared in `catalogue`, made and bounded by `definitions`, shown by `exposition`."""
