"""What the PDF worker reads from its environment."""

import os
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, Field

from runtime.artifacts import ArtifactSettings
from runtime.durable import TemporalSettings
from runtime.health import HttpSettings
from runtime.settings import EnvironmentSettings


class RenderSettings(EnvironmentSettings):
    """Limits and looks of rendering: `RENDER_PROCESSES` and `PDF_THEME`, a TOML file of colours and sizes.

    A process has `RENDER_TIME_LIMIT` (seconds), `RENDER_MEMORY_LIMIT_MIB` and `RENDER_PAGE_LIMIT` for a job.
    A job may need the time limit three times, which has to fit the step's `start_to_close` timeout.
    """

    render_processes: int = Field(default_factory=lambda: min(os.cpu_count() or 1, 4), ge=1)
    render_time_limit: timedelta = timedelta(seconds=45)
    render_memory_limit_mib: int = Field(default=1024, ge=256)
    render_page_limit: int = Field(default=2000, ge=10)
    pdf_theme: Path | None = None


class Settings(BaseModel):
    """The Temporal to serve, the store to read drafts from and write PDFs to, and the renderer's limits."""

    artifacts: ArtifactSettings = Field(default_factory=ArtifactSettings)
    render: RenderSettings = Field(default_factory=RenderSettings)
    temporal: TemporalSettings = Field(default_factory=TemporalSettings)
    http: HttpSettings = Field(default_factory=HttpSettings)
