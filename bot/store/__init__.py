"""The database: links, cursors, intentions, settings and the record. The rest can be fetched again."""
