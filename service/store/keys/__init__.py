"""API keys: shown once, kept as a hash, and refused each for its own reason."""

from service.store.keys.held import Key, KeyRefused, any_in_use, check, find, parse, read_all
from service.store.keys.issuing import Issued, issue, revoke, rotate

__all__ = [
    "Issued",
    "Key",
    "KeyRefused",
    "any_in_use",
    "check",
    "find",
    "issue",
    "parse",
    "read_all",
    "revoke",
    "rotate",
]
