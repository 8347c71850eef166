"""What people do in Slack and on their phones, and what they see."""
