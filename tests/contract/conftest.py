"""The application on the shipped policies, as the tests of the interface use it."""

from tests.api.conftest import catalogue_url, client

__all__ = ["catalogue_url", "client"]
