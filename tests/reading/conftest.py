"""Everything here is written by role engine and read by role app."""
