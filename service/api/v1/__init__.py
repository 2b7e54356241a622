"""The words of version 1 of the contract."""
