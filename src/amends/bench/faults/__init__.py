"""What faults of a network do to reading and to answering: ``amends bench faults``."""
