"""The digest: what a day or a week came to."""
