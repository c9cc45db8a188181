"""The base of every payload on a wire."""

from pydantic import BaseModel, ConfigDict


class WireModel(BaseModel):
    """An immutable payload.

    Unknown fields are ignored, so that a newer sender can add fields without breaking an older receiver.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        ser_json_inf_nan="strings",
        # An error ends up in a log, and what people wrote must not.
        hide_input_in_errors=True,
    )
