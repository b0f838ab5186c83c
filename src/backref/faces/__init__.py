"""What people see: the command line and the report. Faces hold no rules."""
