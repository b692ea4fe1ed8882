"""Do one act: load, check, decide, append, project - in one transaction; many at once; the deadline clock; replay."""
