import hashlib
import tempfile
from pathlib import Path

from local_stack.errors import StackError


def write_pdf(content: bytes, path: Path, sha256: str | None) -> None:
    """Put the PDF at `path` in one step: either the whole file is there or nothing new.

    Raises:
        StackError: this is not the PDF that was announced, or the file cannot be written.

    """
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
        raise StackError("The gateway's answer is not a whole PDF. Try again; the report itself is kept.")
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise StackError(
            "The PDF arrived damaged (its sha256 differs). Try again; the report itself is kept."
        )
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as draft:
            draft.write(content)
        draft_path = Path(draft.name)
        draft_path.chmod(0o644)
        draft_path.replace(path)
    except OSError as error:
        raise StackError(f"{path} cannot be written: {error.strerror}. Set OUT to another file.") from error
