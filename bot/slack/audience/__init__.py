"""Lists, who is on them, and people added."""
