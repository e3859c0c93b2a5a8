"""The control loop (`loop`), what it asks for (`effects`), who does that (`world`, `drivers`)."""

from quco.controller.drivers import Controller

__all__ = ["Controller"]
