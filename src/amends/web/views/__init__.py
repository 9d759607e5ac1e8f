"""Views: get through the door, validate, call one action, render."""
