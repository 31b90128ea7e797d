"""Codes as data: one CSV a subject, one row a code, each with source, year and status."""
