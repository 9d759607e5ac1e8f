"""Reach: who has seen a post and who may yet."""
