"""The same functions along our history, for asv; see ``asv.conf.json``."""

from typing import Any, ClassVar

from skmi import compile_kernels

from .cases import CASES


class Ours:
    """Seconds of each case, without compiling."""

    params: ClassVar[list[str]] = [case.name for case in CASES]
    param_names: ClassVar[list[str]] = ["case"]
    timeout = 300.0

    def setup(self, name: str) -> None:
        """Compile all kernels, once per installation, and draw the sample."""
        compile_kernels()
        self.case = next(case for case in CASES if case.name == name)
        self.sample: tuple[Any, ...] = self.case.draw()
        self.case.ours(*self.sample)

    def time_case(self, name: str) -> None:
        """Measured by asv."""
        self.case.ours(*self.sample)
