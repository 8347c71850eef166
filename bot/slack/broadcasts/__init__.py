"""Broadcasts in Slack: written, previewed, approved, followed, listed."""
