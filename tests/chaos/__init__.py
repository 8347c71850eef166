"""Chaos: people at work while bots die, freeze and lose answers, and databases restart; then the books are closed."""
