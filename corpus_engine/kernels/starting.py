"""Load numba without scipy, which no kernel needs.

Numba looks whether scipy's linear algebra is there before it compiles or loads anything, and takes
half of its time for that. Kernels can do without, and so can a process of our own. A library must
not do this to the program that uses it: later, `np.dot` could not be compiled in that program.
"""

from __future__ import annotations

import sys


def start_numba() -> None:
    """Load what all kernels need now; call it before other threads import anything.

    Does nothing where scipy is loaded already.
    """
    if "scipy" in sys.modules:
        return
    sys.modules["scipy"] = None  # type: ignore[assignment] # cannot be imported, as Python says
    try:
        from numba.core.registry import cpu_target

        cpu_target.typing_context.refresh()
        cpu_target.target_context.refresh()
    finally:
        del sys.modules["scipy"]
