"""Switchboard: Clarity calls and Clearstream texts in Slack."""

__version__ = "0.1.0"
