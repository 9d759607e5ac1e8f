"""Understanding: what a text says about how its author feels."""
