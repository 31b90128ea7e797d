"""The servers that the tests of FHIR delivery start, each on a free port of this machine and of its own life.

Read in this order: `environment` (where the tools are), `processes` (how one is started), `sekmet` (a real R4 server),
`discovery` (Google's published schema), `faults` (what goes wrong, and when), `healthcare` (the Cloud Healthcare API in
front of an R4 server), with `store`, `bundles`, `imports` and `answers` behind it.
"""
