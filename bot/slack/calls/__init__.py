"""Calls in Slack: one message each, which follows it to its end."""
