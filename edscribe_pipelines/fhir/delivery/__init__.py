"""From a month's FHIR export to a server that holds it: exactly once, read back, and recalled where somebody asks.

In: the folder of `fhir_export`. Out: the same resources on a target, a ledger of what is there, and the dead letters
of what the target refused. Nothing is built or judged here.
Which error is worse: a resource that nobody may have, sent, is worse than one that is missing; a resource that is
there twice cannot be, because every one is put under its own id.

Read in this order: `target` (where to), `export_folder` (what there is), `ledger` (what is there already), `planning`
and `bundles` (what goes), `wire`, `replies` and `sending` (how), `dead_letters`, `month` (all of it), and then what
comes after: `searching`, `reading_back`, `withdrawing`, `versions`, `preflight`.
"""
