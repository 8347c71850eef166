"""The people behind the numbers: cards, changes, opting out."""
