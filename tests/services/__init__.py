"""Tests of what can be done, by its rules."""
