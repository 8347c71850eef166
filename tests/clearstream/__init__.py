"""Tests of the library for Clearstream."""
