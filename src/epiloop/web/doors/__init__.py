"""Doors of places: visitors entered by staff, the guard's screen, and whether doors are really watched."""
