"""What intake knows of the layouts that it reads, as data: one row a rule, each with source, year and status."""
