"""What is wrong with a set of resources, by rule and never by content.

fhirkit holds each resource to the R4 definitions. It does not look at required codes, invariants, ids, narrative,
units, references or profiles, and no R4 validator that was tried does for all of them: those rules are here.
Reading order: `gate` asks everything else; `structure` and `inside` look at any resource, `codes` and `invariants`
hold it to their tables, `observations`, `documents` and `bundles` know one type each, `references`, `ai_profiles` and
`ai_labels` know what belongs together.
"""

from edscribe_pipelines.fhir.validation.gate import validate_resources
from edscribe_pipelines.fhir.validation.problem import Problem, reference_to

__all__ = ["Problem", "reference_to", "validate_resources"]
