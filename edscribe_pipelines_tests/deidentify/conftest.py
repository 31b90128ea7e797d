from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.remover import Remover


@pytest.fixture(scope="session")
def remover() -> Remover:
    """Return the rules without the model, to which the tests of rules are held."""
    return Remover(is_learned=False)


@pytest.fixture(scope="session")
def whole_remover() -> Remover:
    """Return what reads notes: rules and model."""
    return Remover()
