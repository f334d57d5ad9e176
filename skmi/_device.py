"""Where torch computes: one meaning of `device` for all that have it."""

from ._optional import import_optional

# What users choose among for neighbours.
ALGORITHMS = ("auto", "brute", "kd_tree", "torch")


def find_device(device: str) -> str:
    """The device that torch computes on.

    Parameters
    ----------
    device : str
        As torch names it; "auto" is a GPU if there is one.

    Returns
    -------
    device : str

    Raises
    ------
    ValueError
        If it is not there.
    """
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(
            f"device={device!r} cannot be used here: {str(error).splitlines()[0].rstrip('.')}. "
            "device='auto' takes a GPU only where there is one."
        ) from error
    return device


def find_engine(algorithm: str, device: str) -> tuple[str, str]:
    """How neighbours are found, and where.

    Parameters
    ----------
    algorithm : {"auto", "brute", "kd_tree", "torch"}
    device : str
        "auto", "cpu", or a GPU as torch names it.

    Returns
    -------
    engine : str
        "torch" for a GPU; else the algorithm.
    device : str
        The device that torch computes on; "cpu" for all that is not torch's.

    Raises
    ------
    ValueError
        If there is no such device, or if the algorithm cannot run there.
    ImportError
        If torch is needed and not installed.

    Examples
    --------
    >>> from skmi._device import find_engine
    >>> find_engine("auto", "auto")
    ('auto', 'cpu')
    """
    if algorithm != "torch" and device in ("auto", "cpu"):
        return algorithm, "cpu"
    if algorithm not in ("auto", "torch"):
        raise ValueError(
            f"algorithm={algorithm!r} runs on the CPU, and device={device!r} was asked for. Take "
            "algorithm='torch' or 'auto' for a GPU, or device='cpu'."
        )
    asked = "algorithm='torch'" if algorithm == "torch" else f"device={device!r}"
    import_optional("torch", purpose=asked, extra="neural")
    return "torch", find_device(device)
