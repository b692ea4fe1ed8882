"""Today: what one worker does now, on a phone first."""
