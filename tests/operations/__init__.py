"""Tests of the ledger of outgoing effects."""
