"""Recurring reports: when they are due, and the Temporal Schedules that keep them."""
