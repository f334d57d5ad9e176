"""Links to other libraries' pages, without network.

Sphinx reads what another site documents from its ``objects.inv``. Here stands what our pages
mention, and by which rule each site makes its addresses; the inventories are written from that
before a build. Each name is imported first: one that its library dropped ends the build. To
mention another name, add it to the list.
"""

import importlib
import inspect
import zlib
from pathlib import Path

# The address of each site, the rules for its pages, and the names under each rule.
PROJECTS = {
    "numpy": (
        "https://numpy.org/doc/stable/",
        {
            "reference/generated/{name}.html#{name}": ["numpy.tile"],
            "reference/random/generator.html#{name}": ["numpy.random.Generator"],
        },
    ),
    "scipy": (
        "https://docs.scipy.org/doc/scipy/",
        {
            "reference/generated/{name}.html#{name}": [
                "scipy.stats.false_discovery_control",
                "scipy.stats.permutation_test",
            ],
        },
    ),
    "sklearn": (
        "https://scikit-learn.org/stable/",
        {
            "modules/generated/{name}.html#{name}": [
                "sklearn.datasets.fetch_openml",
                "sklearn.exceptions.FitFailedWarning",
                "sklearn.feature_selection.SequentialFeatureSelector",
                "sklearn.feature_selection.mutual_info_classif",
                "sklearn.feature_selection.mutual_info_regression",
                "sklearn.metrics.make_scorer",
                "sklearn.metrics.mutual_info_score",
                "sklearn.metrics.normalized_mutual_info_score",
                "sklearn.model_selection.GridSearchCV",
                "sklearn.model_selection.KFold",
                "sklearn.model_selection.StratifiedKFold",
                "sklearn.model_selection.cross_val_score",
                "sklearn.model_selection.permutation_test_score",
                "sklearn.pipeline.Pipeline",
                "sklearn.preprocessing.QuantileTransformer",
                "sklearn.utils.Bunch",
            ],
            "api/{name}.html#module-{name}": ["sklearn.feature_selection"],
        },
    ),
    "pandas": (
        "https://pandas.pydata.org/docs/",
        {"reference/api/{name}.html#{name}": ["pandas.DataFrame"]},
    ),
    "joblib": (
        "https://joblib.readthedocs.io/en/stable/",
        {"generated/{name}.html#{name}": ["joblib.parallel_config"]},
    ),
    "torch": (
        "https://docs.pytorch.org/docs/stable/",
        {
            "generated/{name}.html#{name}": ["torch.nn.Module"],
            "optim.html#module-{name}": ["torch.optim"],
        },
    ),
    "skorch": (
        "https://skorch.readthedocs.io/en/stable/",
        {"classifier.html#{name}": ["skorch.classifier.NeuralNetClassifier"]},
    ),
}


def write_inventories(folder):
    """Write an inventory for each project, and return Sphinx's ``intersphinx_mapping``."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    mapping = {}
    for project, (site, rules) in PROJECTS.items():
        lines = [
            f"{name} py:{kind_of(name)} 1 {rule.format(name=name)} -\n"
            for rule, names in rules.items()
            for name in names
        ]
        path = folder / f"{project}.inv"
        path.write_bytes(encode(project, "".join(lines)))
        mapping[project] = (site, str(path))
    return mapping


def kind_of(name):
    """What Sphinx calls the object of this name: a class, an exception, a function, a module."""
    module, _, last = name.rpartition(".")
    found = getattr(importlib.import_module(module), last, None)
    if found is None:
        found = importlib.import_module(name)
    if inspect.ismodule(found):
        return "module"
    if not inspect.isclass(found):
        return "function"
    return "exception" if issubclass(found, BaseException) else "class"


def encode(project, lines):
    """Return the bytes of an inventory, version 2."""
    head = f"# Sphinx inventory version 2\n# Project: {project}\n# Version: \n"
    head += "# The remainder of this file is compressed using zlib.\n"
    return head.encode() + zlib.compress(lines.encode())
