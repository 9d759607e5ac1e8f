"""Desk actions."""
