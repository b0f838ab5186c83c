"""What people see: the command line and the report. Faces parse, call and print; no rules live here."""
