"""``/sms audit`` in Slack."""
