"""Read back what a build kept, without running anything that a file in its place could ask for.

A pickle may name any function of any module to be called. What builds keep is made of our own classes, plain values
and numpy's arrays, so nothing else is looked up: a cache that came with somebody's files is refused like a broken one.
"""

from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import IO

BROKEN = (
    OSError,
    EOFError,
    pickle.UnpicklingError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ImportError,
)
"""What reading a file raises that is missing, broken, or of another version."""

_FOREIGN = frozenset(
    {
        *(("builtins", name) for name in ("str", "int", "float", "bytes")),
        ("numpy", "ndarray"),
        ("numpy", "dtype"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.numeric", "_frombuffer"),
        ("numpy.core.multiarray", "_reconstruct"),
        ("numpy.core.numeric", "_frombuffer"),
    }
)


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as pickle has it
        """Return a class of ours, of plain values, or of numpy's arrays."""
        if (module, name) in _FOREIGN:
            return super().find_class(module, name)
        if module.partition(".")[0] == __package__ and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no place here")


def load(stream: IO[bytes]) -> Any:  # noqa: ANN401 - whatever was kept
    """Read one value from a file.

    Raises:
        BROKEN: The file is not what a build wrote.
    """
    return _Reader(stream).load()


def loads(kept: bytes) -> Any:  # noqa: ANN401 - whatever was kept
    """Return the value that bytes hold.

    Raises:
        BROKEN: They are not what a build wrote.
    """
    return _Reader(io.BytesIO(kept)).load()
