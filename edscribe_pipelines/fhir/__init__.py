"""From de-identified encounters and gated notes to FHIR R4 (4.0.1) resources.

In: `DeidentifiedNote` rows and, where there is one, the gated note of each. Out: one NDJSON file a
resource type, every resource valid and every reference resolved inside the export.
Which error is worse: a resource that says more than its encounter (a date, a dose given, a signed note)
is worse than one that says less. `delivery/` takes the export to a server; nothing is built there.
"""
