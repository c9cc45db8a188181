from abc import ABC, abstractmethod
from datetime import datetime

from temporalio import activity

from contracts.artifacts import ArtifactRef
from contracts.model import WireModel
from contracts.reports import ReportKey, Step


class CreatePdfInput(WireModel):
    """A draft and what the cover says about it; `rendering` names one that is made again later."""

    report: ReportKey
    draft: ArtifactRef
    title: str
    prompt: str
    model: str
    written_at: datetime
    rendering: str | None = None


class CreatePdfOutput(WireModel):
    """The stored PDF; `degraded` when only the plain rendering succeeded."""

    pdf: ArtifactRef
    pages: int
    degraded: bool = False


class PdfActivities(ABC):
    """Task queue `pdf`."""

    @abstractmethod
    @activity.defn(name=Step.CREATE_PDF)
    async def create_pdf(self, document: CreatePdfInput) -> CreatePdfOutput:
        """Render a draft and store the PDF.

        Raises:
            ApplicationError: with a `FailureCode` as type.

        """
