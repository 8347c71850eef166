"""App Home: what waits for a person, and what is not set up yet."""
