"""Use cases, one module a subject; they know the store, the ledger and the upstreams, and nothing of Slack."""
