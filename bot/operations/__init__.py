"""The ledger of outgoing effects: nothing lasting leaves this process but through here."""
