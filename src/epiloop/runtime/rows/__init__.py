"""From a history to the rows of the projections. Pure: the same history and laws give the same rows, for ever."""
