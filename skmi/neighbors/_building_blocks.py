"""Building blocks of kernels, which become machine code where they are called alone.

By itself numba optimizes a function and makes machine code of it, and then does so again in
each function that calls it, and in each that calls those. A building block's own machine code
is never run. Here a block is left as instructions, and the kernel that it becomes part of is
optimized once. Nor is a block compiled anew for each number that it is called with, as numba
does with numbers that it knows. Compiling takes less than half as long.

This reaches into numba, so `_jit` uses it with those versions alone that it was tried with.
"""

import numba
from numba._dynfunc import make_function
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering
from numba.core.types import unliteral


class _Instructions(JITCodeLibrary):
    """A function's instructions, to be linked into those of others."""

    def _optimize_final_module(self):
        pass

    def _finalize_final_module(self):
        self._finalize_dynamic_globals()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _ToInstructions(NativeLowering):
    _name = "skmi_building_block"

    def run_pass(self, state):
        context = state.targetctx
        library = _Instructions(context.codegen(), state.func_id.func_qualname)
        state.library = library
        state.flags.no_compile = True
        super().run_pass(state)
        lowered = state.cr
        # No machine code at address 0: numba finds the instructions by this object.
        name, module = lowered.fndesc.qualname, lowered.fndesc.lookup_module()
        function = make_function(module, name, "", 0, lowered.env, (library,))
        context.insert_user_function(function, lowered.fndesc, [library])
        state.cr = lowered._replace(cfunc=function)
        return True


class _BuildingBlock(CompilerBase):
    def define_pipelines(self):
        """As usual, but for the last step."""
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.passes = [
            (_ToInstructions if step is NativeLowering else step, name)
            for step, name in passes.passes
        ]
        passes.finalize()
        return [passes]


def compile_block(function, **options):
    """As ``numba.njit(**options)(function)``, for a function that kernels alone call."""
    block = numba.njit(pipeline_class=_BuildingBlock, **options)(function)
    template = block.get_call_template

    def get_call_template(args, kws):
        return template([unliteral(each) for each in args], kws)

    block.get_call_template = get_call_template
    return block
