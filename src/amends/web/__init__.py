"""Web: views, templates, live updates."""
