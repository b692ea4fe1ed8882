"""Places and units: divisions, offices and employers, their posts and who is on duty when, places people go to."""
