"""Frames: the shapes in which the lines of a stream carry posts, and how to read them cheaply."""

from amends.listening.frames.kind import FrameKind, Gone

__all__ = ["FrameKind", "Gone"]
