"""Tests of the figures, and of what is made of them."""
