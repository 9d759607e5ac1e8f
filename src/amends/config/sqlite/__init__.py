"""Django's way to SQLite, with a fair wait for the one place of a writer."""
