"""Cases: the list, the curve, who may have infected whom, and one case's page."""
