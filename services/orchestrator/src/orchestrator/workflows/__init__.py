"""Workflow code: deterministic, and loaded by Temporal's sandbox."""
