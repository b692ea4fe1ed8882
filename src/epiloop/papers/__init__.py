"""Papers in and out: tables of CSV and XLSX files, wording, and what is printed."""
