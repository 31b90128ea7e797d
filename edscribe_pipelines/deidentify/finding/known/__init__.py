"""The values that the record itself names, in the ways a note may write them.

What enters: the identifiers of one encounter, kind and value. `building` turns each into `forms`: parts of names
with what each says alone, joined words, dates, values as they stand. A note is read into words once (`reading`);
then every form is a look-up. Words are compared without case and accents.

Which error is worse: a missed value is worse than a lost word. Yet an ordinary word (Will, Long, May) goes only
where it stands as a name, and a bare surname gives way to a clinical phrase (Foley catheter).
"""

from edscribe_pipelines.deidentify.finding.known.identifiers import KnownIdentifiers

__all__ = ["KnownIdentifiers"]
