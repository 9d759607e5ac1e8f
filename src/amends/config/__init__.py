"""Config: settings, read once, refused loudly."""
