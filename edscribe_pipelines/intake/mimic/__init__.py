"""MIMIC-IV-ED, with the ages and discharge summaries of MIMIC-IV beside it: from csv.gz to encounters."""
