"""The audit: an append-only chain of who did what, and the proof that nothing of it was changed."""

from service.store.audit.chain import Deed, Entry, append, append_all, read
from service.store.audit.soundness import verify

__all__ = ["Deed", "Entry", "append", "append_all", "read", "verify"]
