"""The one-machine stack: real servers and every service process under one supervisor."""

from local_stack.catalogue import ALL_SERVERS, ALL_SERVICES, Server
from local_stack.errors import PortTakenError, SettingError, StackError, StackRunningError, StartupError
from local_stack.ports import free_port_offset
from local_stack.settings import StackSettings
from local_stack.stack import LocalStack

__all__ = [
    "ALL_SERVERS",
    "ALL_SERVICES",
    "LocalStack",
    "PortTakenError",
    "Server",
    "SettingError",
    "StackError",
    "StackRunningError",
    "StackSettings",
    "StartupError",
    "free_port_offset",
]
