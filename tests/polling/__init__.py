"""Tests of the polls and of how they are run."""
