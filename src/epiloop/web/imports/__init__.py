"""Files in and out: line lists with their mapping, trial, import and rejected rows; code tables; the case list out."""
