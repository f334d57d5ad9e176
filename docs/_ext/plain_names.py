"""Names in single backticks: links to public names, parameters and fields, or errors.

Whatever module a text is in, a public name of skmi in it becomes a link, and the name of a
parameter, an attribute or a method becomes plain code. Any other name is left to Sphinx, which
reports it as a dead reference (``nitpicky``), so that a renamed parameter cannot stay behind in
a text.
"""

import importlib
import inspect
import re
from collections import defaultdict
from functools import cache

from docutils import nodes
from numpydoc.docscrape import ClassDoc, FunctionDoc

import skmi


@cache
def public_names():
    """The places that each public name, and each method of it, may be documented under."""
    found = defaultdict(list)
    for module, name, member in _public():
        found[name].append(f"{module}.{name}")
        if inspect.isclass(member):
            for each in dir(member):
                found[f"{name}.{each}"].append(f"{module}.{name}.{each}")
    return dict(found)


@cache
def words():
    """The names of all parameters, attributes and methods of what is public."""
    found = set()
    for _, _, member in _public():
        if inspect.isclass(member):
            found |= _words_of_class(member)
        elif callable(member):
            found |= _words_of_function(member)
    return found


def _public():
    for module in "skmi", *(f"skmi.{each}" for each in (*skmi._SUBPACKAGES, "benchmark.paper")):
        package = importlib.import_module(module)
        for name in package.__all__:
            yield module, name, getattr(package, name)


def _words_of_class(member):
    found = {name for name in dir(member) if not name.startswith("_")}
    documented = ClassDoc(member, config={"show_class_members": False})
    for section in "Parameters", "Attributes":
        found |= _split(documented[section])
    for name in tuple(found):
        if inspect.isroutine(method := getattr(member, name, None)):
            found |= _words_of_function(method)
    return found


def _words_of_function(member):
    try:
        parameters = set(inspect.signature(member).parameters)
    except ValueError:  # written in C
        parameters = set()
    return parameters | _split(FunctionDoc(member)["Parameters"])


def _split(entries):
    """Names, where one entry may describe several."""
    return {name.strip(" *") for entry in entries for name in entry.name.split(",")}


def resolve(app, env, node, contnode):
    """Turn what Sphinx finds no target for into a link or into code, where it is a name of ours."""
    if node.get("refdomain") != "py":
        return None
    name = node.get("reftarget", "").lstrip(".~")
    short = re.sub(r"^skmi\.([a-z_]+\.)*", "", name)
    for full in public_names().get(short, []):
        link = env.get_domain("py").resolve_xref(
            env, node["refdoc"], app.builder, "obj", full, node, contnode
        )
        if link is not None:
            return link
    if name in words() or not name.replace(".", "_").isidentifier():
        return nodes.literal(contnode.astext(), contnode.astext())
    return None


def setup(app):
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True}
