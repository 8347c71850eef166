"""Experts in Slack: found, shown, asked for a call, written to."""
