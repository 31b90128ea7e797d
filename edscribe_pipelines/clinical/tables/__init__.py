"""The rules as data: one CSV a subject, one row a rule, each with source, year and status."""
