"""The tests: each folder mirrors one of the bot's, stories cross them all."""
