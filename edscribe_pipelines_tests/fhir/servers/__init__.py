"""The servers that the tests of FHIR delivery start, each on a free port of this machine and of its own life.

Read in this order: `environment` (where the tools are), `processes` (how one is started), `sekmet` (a real R4 server),
`medplum` (a fast one, for load), `gcs` (the Cloud Storage emulator), `faults` (what goes wrong, and when), `healthcare`
(the Cloud Healthcare API in front of an R4 server). Behind it: `tokens`, `api` (the paths), `bundles` and `integrity`
(what a store refuses), `imports` (long-running operations), `store` (the server behind), `answers`, `discovery`.
"""
