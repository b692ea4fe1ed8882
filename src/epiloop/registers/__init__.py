"""What exists: jurisdictions, units, people and places. Folders in here never import each other."""
