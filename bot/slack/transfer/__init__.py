"""Subscribers in and out of Slack as CSV: files fetched and shared, **Import subscribers**, exports, their messages."""
