"""Settings from the environment, with an error that an operator can act on."""

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class InvalidSettingsError(Exception):
    """One or more environment variables are missing or wrong; the message names each."""


class EnvironmentSettings(BaseSettings):
    """The base of every group of settings: each field is an environment variable of that name in capitals.

    A variable that is empty counts as not set: deployments pass on variables that nobody set.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True)

    def __init__(self, **values: object) -> None:
        """Read the environment; `values` take precedence.

        Raises:
            InvalidSettingsError: with a line for each variable.

        """
        try:
            super().__init__(**values)  # type: ignore[arg-type] # the signature lists the library's own options
        except ValidationError as error:
            raise InvalidSettingsError(_by_variable(error)) from None


def _by_variable(error: ValidationError) -> str:
    return "\n".join(
        f"  {'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    )
