"""The HTTP side: health, metrics, and what the outside calls."""
