"""Networks of a few lines on loopback, one for each connector that asks a server."""
