"""Itineraries: taken down on the telephone, looked at by day and on a map, corrected, taken in and out."""
