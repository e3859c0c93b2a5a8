"""The control loop (`loop`), what it asks for (`effects`) and who carries that out (`drivers`)."""

from quco.controller.drivers import Controller

__all__ = ["Controller"]
