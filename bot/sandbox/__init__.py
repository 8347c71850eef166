"""Everything the bot talks to, played on one machine: for the demo and for the tests."""
