"""Measures + facts + context + instant -> loops, duties, status spans, and why."""
