"""What can go wrong while the stack starts; each message says what happened and what to do."""


class StackError(Exception):
    """The stack cannot run; `str()` is written for the person at the terminal."""


class PortTakenError(StackError):
    """A port that the stack needs is in use."""


class StackRunningError(StackError):
    """Another stack holds this data folder."""


class StartupError(StackError):
    """A server, a set-up step or a service did not come up; carries the end of its log."""


class SettingError(StackError):
    """A setting has a value that the stack cannot use."""
