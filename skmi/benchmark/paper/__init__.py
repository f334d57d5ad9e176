"""The paper's tables and figures, and the numbers it prints."""

from ._printed_tables import TableRow, read_table
from ._protocol import PRINTED, Protocol
from ._tables import compare, run_table
from ._tasks import table_tasks

__all__ = [
    "PRINTED",
    "Protocol",
    "TableRow",
    "compare",
    "read_table",
    "run_table",
    "table_tasks",
]
