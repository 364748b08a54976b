"""How the suite is spread over the processor's cores."""

from __future__ import annotations

import os


def pytest_xdist_auto_num_workers() -> int:
    """`-n auto`: one more than there are cores, for much of the suite waits: for servers' delays, other processes and locks."""
    return (os.cpu_count() or 1) + 1
