"""The web: the only place that knows FastAPI."""
