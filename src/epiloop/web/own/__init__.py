"""What people under control see of themselves: what holds, why, until when, how to appeal, who looked at their data."""
