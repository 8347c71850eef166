"""All that Slack sees and says: listeners, views, blocks, and the kinds of operation that post there."""
