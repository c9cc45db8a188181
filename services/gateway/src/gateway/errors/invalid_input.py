"""From pydantic's findings to sentences for the person who sent the input."""

from collections.abc import Iterable
from typing import Any

from pydantic_core import ErrorDetails

from gateway.errors.problems import FieldError

BODY = "(body)"


def field_errors(findings: Iterable[ErrorDetails]) -> list[FieldError]:
    """Name each wrong field and its remedy."""
    return [FieldError(field=_name(finding["loc"]), detail=_remedy(finding)) for finding in findings]


def _name(location: tuple[int | str, ...]) -> str:
    parts = [str(part) for part in location if part != "data"]
    return ".".join(parts) or BODY


def _remedy(finding: ErrorDetails) -> str:
    context: dict[str, Any] = finding.get("ctx", {})
    if finding["type"] == "string_too_long":
        length = len(str(finding["input"]).strip())
        return f"This has {length:,} characters; shorten it to {context['max_length']:,} at most."
    remedy = _REMEDIES.get(finding["type"])
    # Words that are not ours may have braces of their own.
    return remedy.format(**context) if remedy else f"{finding['msg']}."


_REMEDIES = {
    "missing": "This field is required; add it.",
    "extra_forbidden": "There is no such field; remove it or correct its name.",
    "string_too_short": "This must not be empty; write something.",
    "too_short": "This must have at least {min_length} entry.",
    "too_long": "This must have {max_length} entries at most.",
    "string_type": "This must be a string.",
    "enum": "This must be one of {expected}.",
    "literal_error": "This must be one of {expected}.",
    "model_type": "This must be a JSON object.",
    "greater_than_equal": "This must be {ge} or more.",
    "less_than_equal": "This must be {le} or less.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_from_float": "This must be a whole number.",
    "int_parsing_size": "This must be a smaller number.",
    "bool_type": "This must be true or false.",
    "bool_parsing": "This must be true or false.",
    "list_type": "This must be a list.",
    "model_attributes_type": "This must be a JSON object.",
    "union_tag_not_found": "Name its {discriminator}.",
    "union_tag_invalid": "Its {discriminator} must be one of {expected_tags}.",
    "string_pattern_mismatch": "This does not have the form that it must have: {pattern}",
    "value_error": "This {error}.",
}
