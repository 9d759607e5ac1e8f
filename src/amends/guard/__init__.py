"""Guard: what a reply must not say."""
