"""Tests of blocks, windows and the ways in from Slack."""
