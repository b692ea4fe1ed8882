"""What is done about what exists: investigation, screening, arrivals. Folders in here never import each other."""
