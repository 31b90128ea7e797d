"""Priorities as data: one row a complaint and class, each with source, year and status."""
