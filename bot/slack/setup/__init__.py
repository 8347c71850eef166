"""The modal **Setup** in Slack."""
