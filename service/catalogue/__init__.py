"""The shipped policies: one YAML file an area, with its sources."""
