"""From what an upstream has to what the store knows: fetch, pure diff, one short transaction."""
