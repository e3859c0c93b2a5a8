"""What names a place on a network, and no file."""

from __future__ import annotations


def is_address(place: object) -> bool:
    """Tell whether a place is the address of a service, and no folder.

    Examples
    --------
    >>> is_address("http://localhost:8000/v1"), is_address("my-index")
    (True, False)
    """
    return isinstance(place, str) and place.startswith(("http://", "https://"))
