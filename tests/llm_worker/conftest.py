from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from llm_worker.answers import Answers
from llm_worker.settings import LlmSettings
from runtime.artifacts import ArtifactSettings, ArtifactStore
from tests.llm_simulator import LlmSimulator


@pytest.fixture
async def simulator() -> AsyncIterator[LlmSimulator]:
    async with LlmSimulator() as running:
        yield running


@pytest.fixture
def settings(simulator: LlmSimulator) -> LlmSettings:
    return LlmSettings.model_validate(
        {
            "openai_api_key": "k",
            "openai_base_url": simulator.base_url,
            "llm_model": "asked-for",
            "llm_input_price_per_mtok": "2",
            "llm_output_price_per_mtok": "8",
        }
    )


@pytest.fixture
def store_folder(tmp_path: Path) -> Path:
    return tmp_path / "artifacts"


@pytest.fixture
def store(store_folder: Path) -> ArtifactStore:
    return ArtifactStore.open(ArtifactSettings(artifact_store_url=store_folder.as_uri()))


@pytest.fixture
def answers(store: ArtifactStore) -> Answers:
    return Answers(store)
