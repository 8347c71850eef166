"""The account in Slack: its keywords, its figures, its users, and what is told of it by itself."""
