"""What the layers of a network put out for given samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from traceback import walk_tb
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._optional import import_optional
from .._params import in_short
from ._check import check_module, check_samples, check_sizes

# Samples passed through the network at a time.
BATCH_SIZE = 512


def capture_activations(
    module: Any,
    X: ArrayLike,
    layers: Sequence[Any],
    *,
    batch_size: int = BATCH_SIZE,
    return_output: bool = False,
) -> Any:
    """Pass samples through a network and keep what its layers put out.

    The samples go through in batches, on the device where the module's parameters are,
    without gradients. Meanwhile the module is in evaluation mode: dropout is off, and
    batch normalization neither looks at the batch nor learns from it. Afterwards each of
    its submodules is in the mode it was in, and no hook is left, whatever happens.

    Parameters
    ----------
    module : torch.nn.Module
        Any network.
    X : array-like or tensor of shape (n_samples, ...)
        What it takes. Floating-point samples are given to it in its own precision.
    layers : list of str or torch.nn.Module
        Names, as ``module.named_modules()`` has them, or the layers themselves.
    batch_size : int, default=512
        Samples passed through at a time.
    return_output : bool, default=False
        Whether to return what the module itself puts out, too.

    Returns
    -------
    activations : dict of str to ndarray of shape (n_samples, ...)
        What each layer put out, by its name. float64 stays float64, everything else
        that is floating-point comes as float32, which holds float16 and bfloat16
        exactly. A layer that is called more than once in a pass gives its last output.
    output : ndarray of shape (n_samples, ...)
        If ``return_output``: what the module put out.

    Raises
    ------
    ValueError
        If there is no such layer, if a layer takes no part in the pass, if there are no
        samples, or if the module does not take them.
    TypeError
        If a layer puts out no tensor with a row for each sample, if `module` is no module,
        or if X holds no numbers.

    See Also
    --------
    InformationPlane : Mutual information of activations, along training.

    Notes
    -----
    If a layer puts out a tuple or a list, its first tensor is taken, as for the recurrent
    layers of torch.

    Examples
    --------
    >>> import torch
    >>> from skmi.information_plane import capture_activations
    >>> module = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.ReLU())
    >>> activations = capture_activations(module, torch.zeros(10, 3), ["0", module[1]])
    >>> {name: values.shape for name, values in activations.items()}
    {'0': (10, 5), '1': (10, 5)}
    """
    torch = import_optional("torch", purpose="capture_activations", extra="neural")
    named = find_layers(module, layers)
    check_sizes(batch_size=batch_size)
    if not isinstance(return_output, bool | np.bool_):
        raise ValueError(f"return_output must be True or False, got {in_short(return_output)}.")
    samples = _as_tensor(torch, module, check_samples(X))
    n_samples = len(samples)
    device = _device(module)
    store = _Store(n_samples)
    with _evaluating(module), torch.no_grad(), _hooks(named, store.keep):
        for start in range(0, n_samples, batch_size):
            batch = samples[start : start + batch_size]
            store.begin(start, len(batch))
            store.keep(_OUTPUT, _call(torch, module, batch.to(device)))
            store.end(named)
    output = store.arrays.pop(_OUTPUT)
    activations = {name: store.arrays[name] for name in named}
    return (activations, output) if return_output else activations


def _call(torch: Any, module: Any, batch: Any) -> Any:
    """What the module puts out; an error that names X where a layer of torch's refuses it."""
    try:
        return module(batch)
    except RuntimeError as error:
        *_, (frame, _) = walk_tb(error.__traceback__)
        of_torch = str(frame.f_globals.get("__name__")).startswith("torch.")
        if not of_torch or isinstance(error, torch.OutOfMemoryError):
            raise
        shape, reason = tuple(batch.shape), str(error).split("\n")[0]
        raise ValueError(f"The module does not take X, in batches of {shape}: {reason}") from error


# No layer's name: those have no such character.
_OUTPUT = "output of the module"


class _Store:
    """Arrays that fill up batch by batch.

    An output is copied as soon as it is there: the next layer may work in its place, as
    ``ReLU(inplace=True)`` does.
    """

    def __init__(self, n_samples: int) -> None:
        self.n_samples = n_samples
        self.arrays: dict[str, NDArray[Any]] = {}

    def begin(self, start: int, size: int) -> None:
        self.start, self.size = start, size
        self.seen: set[str] = set()

    def keep(self, name: str, output: Any) -> None:
        values = as_array(_first_tensor(output, name, self.size))
        if name not in self.arrays:
            self.arrays[name] = np.empty((self.n_samples, *values.shape[1:]), values.dtype)
        if values.shape[1:] != self.arrays[name].shape[1:]:
            raise ValueError(
                f"What layer {name!r} puts out changes its shape from "
                f"{self.arrays[name].shape[1:]} to {values.shape[1:]} a sample."
            )
        self.arrays[name][self.start : self.start + self.size] = values
        self.seen.add(name)

    def end(self, named: dict[str, Any]) -> None:
        if missing := [name for name in named if name not in self.seen]:
            raise ValueError(
                f"The module does not call its layer {missing[0]!r} in a forward pass."
            )


def find_layers(module: Any, layers: Sequence[Any]) -> dict[str, Any]:
    """The layers by their names in the module, in the order asked for."""
    check_module(module)
    if isinstance(layers, str) or not isinstance(layers, Sequence) or not layers:
        raise ValueError(f"layers must be a list of names or modules, got {in_short(layers)}.")
    known = dict(module.named_modules())
    names = {id(layer): name for name, layer in reversed(list(known.items()))}
    found: dict[str, Any] = {}
    for layer in layers:
        name = layer if isinstance(layer, str) else names.get(id(layer))
        if name is None or name not in known:
            what = repr(layer) if isinstance(layer, str) else f"of type {type(layer).__name__}"
            raise ValueError(f"The module has no layer {what}; it has {[n for n in known if n]}.")
        if name in found:
            raise ValueError(f"Layer {name!r} is asked for more than once.")
        found[name] = known[name]
    return found


@contextmanager
def _evaluating(module: Any) -> Iterator[None]:
    modes = [(each, each.training) for each in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for each, training in modes:
            each.training = training


@contextmanager
def _hooks(named: dict[str, Any], keep: Any) -> Iterator[None]:
    handles: list[Any] = []
    try:
        for name, layer in named.items():
            handles.append(
                layer.register_forward_hook(
                    lambda _layer, _inputs, output, name=name: keep(name, output)
                )
            )
        yield
    finally:
        for handle in handles:
            handle.remove()


def _device(module: Any) -> Any:
    for tensor in (*module.parameters(), *module.buffers()):
        return tensor.device
    return "cpu"


def _as_tensor(torch: Any, module: Any, X: Any) -> Any:
    samples = X if isinstance(X, torch.Tensor) else torch.as_tensor(X)
    if samples.is_floating_point():
        for parameter in module.parameters():
            if parameter.is_floating_point():
                return samples.to(parameter.dtype)
    return samples


def _first_tensor(output: Any, name: str, size: int) -> Any:
    first = output
    while isinstance(first, tuple | list) and first:
        first = first[0]
    if not hasattr(first, "detach") or first.ndim == 0 or len(first) != size:
        shape = f" of shape {tuple(first.shape)}" if hasattr(first, "shape") else ""
        raise TypeError(
            f"Layer {name!r} puts out {type(first).__name__}{shape}; a tensor with a row for "
            f"each of the batch's {size} samples is needed."
        )
    return first


def as_array(values: Any) -> NDArray[Any]:
    """An array of what may be a tensor, on any device and in any precision."""
    if not hasattr(values, "detach"):
        return np.asarray(values)
    tensor = values.detach().cpu()
    if tensor.is_floating_point() and tensor.element_size() < 4:
        tensor = tensor.float()  # NumPy has no bfloat16, and kernels no float16
    return np.asarray(tensor.numpy())
