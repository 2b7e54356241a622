"""Postgres on one side, core values on the other."""
