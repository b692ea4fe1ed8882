"""The page of state machines: the transition tables of the capabilities, drawn."""

import ast
import inspect
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import pairwise
from pkgutil import iter_modules
from types import ModuleType

import epiloop.operations
import epiloop.registers
from epiloop.project.reference.tables import page

LEAD = (
    "What may follow what, drawn from the transition tables in the room `state` of each capability. A step that is not"
    " drawn is refused by the room `checks`."
)
Steps = Mapping[str, frozenset[str]]


def states_page() -> str:
    """The text of docs/reference/states.md."""
    return page("State machines", LEAD, *(part for module in _rooms() for part in _module(module)))


def _rooms() -> Iterator[ModuleType]:
    for package in (epiloop.registers, epiloop.operations):
        for found in iter_modules(package.__path__, f"{package.__name__}."):
            yield import_module(f"{found.name}.state")


def _module(module: ModuleType) -> Iterator[str]:
    """Each transition table with the sentence below it."""
    said = _sentences(module)
    for name, value in vars(module).items():
        if name == "STEPS" or name.endswith("_STEPS"):
            capability = ".".join(module.__name__.split(".")[1:-1])
            of = name.removesuffix("STEPS").strip("_").lower()
            yield f"## {capability}" + (f": {of}" if of else "")
            if said.get(name):
                yield said[name]
            yield diagram(value)


def _sentences(module: ModuleType) -> dict[str, str]:
    """The text that stands right after an assignment, by the name assigned."""
    body = ast.parse(inspect.getsource(module)).body
    found: dict[str, str] = {}
    for one, following in pairwise(body):
        is_text = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and is_text:
            found[one.target.id] = " ".join(str(ast.literal_eval(ast.unparse(following))).split())
    return found


def diagram(steps: Steps) -> str:
    """A mermaid drawing of a transition table; where nothing follows, it ends."""
    names = {name: name.replace("-", "_") for name in (*steps, *(to for some in steps.values() for to in some))}
    lines = [f"    {short}: {name}" for name, short in names.items() if short != name]
    lines += [f"    {names[one]} --> {names[to]}" for one, following in steps.items() for to in sorted(following)]
    lines += [f"    {names[one]} --> [*]" for one, following in steps.items() if not following]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {names[next(iter(steps))]}", *lines, "```"])
