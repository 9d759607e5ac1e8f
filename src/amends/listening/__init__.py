"""Listening: the stream from a network to the desk."""
