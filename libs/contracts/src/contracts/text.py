"""What text from outside must be to pass through every store."""


def printable(text: str) -> str:
    """Give the text as it is.

    Raises:
        ValueError: PostgreSQL cannot store NUL, and UTF-8 cannot encode half of a surrogate pair.

    """
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("must not contain NUL characters or unpaired surrogates")
    return text
