"""What the desk makes as a file for others: calls for calendars, letters for the post."""
