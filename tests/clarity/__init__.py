"""Tests of the library for Clarity."""
