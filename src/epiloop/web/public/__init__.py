"""What everybody may read without an account: how many are restricted, what was opened, and how to check the log."""
