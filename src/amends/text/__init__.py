"""Text: normalising, tokens, graphemes, near copies."""
