"""The inbox in Slack: one header a conversation, every text under it."""
