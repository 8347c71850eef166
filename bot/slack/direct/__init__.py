"""**Direct mode** in Slack."""
