"""Simulates individual accounts of China's employee medical insurance, exactly and with reasons."""

__version__ = "0.1.0"
