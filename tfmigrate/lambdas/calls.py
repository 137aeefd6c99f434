"""Instructions that call: ops by their name, methods of tensors, and nested functions, inlined."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tfmigrate.errors import Damaged, NotSupported, shown
from tfmigrate.expressions import ops
from tfmigrate.expressions.nodes import Call, Const, Items, Method
from tfmigrate.lambdas import modules
from tfmigrate.lambdas.instructions import Instruction, element
from tfmigrate.lambdas.values import (
    NULL,
    Bound,
    Function,
    Growing,
    Mapping,
    Null,
    Ref,
    Running,
    Unliftable,
    as_node,
    known_items,
)

if TYPE_CHECKING:
    from tfmigrate.lambdas.lifter import Frame, State

Handler = Callable[["Frame", "State", Instruction], None]

_RANGE_LIMIT = 1_000


def call(frame: Frame, function: Any, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """What a call is: an op of the table, a method, or the body of a nested function.

    Raises:
        Unliftable: It is none of these.
    """
    if isinstance(function, Function):
        return _inline(frame, function, arguments, keywords)
    if isinstance(function, Bound):
        return _method(function, arguments, keywords)
    if not isinstance(function, Ref):
        raise Unliftable(f"a call of {shown(type(function).__name__)}, which is no function")
    special = _SPECIAL.get(function.path)
    found = special(frame, arguments) if special and not keywords else None
    return _op(frame, function.path, arguments, keywords) if found is None else found


def _op(frame: Frame, path: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    if not ops.known(path):
        raise Unliftable(f"{shown(path, 80)}, which is not in the table of ops")
    nodes = tuple(as_node(a) for a in arguments)
    named = tuple((key, as_node(value)) for key, value in sorted(keywords.items()))
    try:
        meaning = ops.meaning(path, frame.lifter.dialect)
        meaning.bind(nodes, dict(named))
    except TypeError as problem:
        raise Unliftable(str(problem)) from problem
    except NotSupported as problem:
        said = f" ({problem.help})" if problem.help else ""
        raise Unliftable(f"{problem.what}{said}") from problem
    return Call(path, nodes, named)


def _method(function: Bound, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    receiver = function.value
    if isinstance(receiver, Growing) and function.name in ("append", "extend") and not keywords:
        return _grow(receiver, function.name, arguments)
    if function.name not in ("get_shape", "as_list", "num_elements", "index", "count"):
        raise Unliftable(f"the method .{shown(function.name, 40)}()")
    named = tuple((key, as_node(value)) for key, value in keywords.items())
    return Method(as_node(receiver), function.name, tuple(map(as_node, arguments)), named)


def _grow(target: Growing, name: str, arguments: list[Any]) -> Any:
    items = arguments if name == "append" else known_items(arguments[0]) if arguments else None
    if items is None or len(arguments) != 1:
        raise Unliftable(f"a list that is changed by .{name}() in an unknown way")
    target.items.extend(items)
    return Const(None)


def _inline(
    frame: Frame, function: Function, arguments: list[Any], keywords: dict[str, Any]
) -> Any:
    from tfmigrate.lambdas.lifter import Frame as Nested

    code = function.code
    names = code.locals[: code.argcount]
    if function.frame is not frame or len(arguments) > len(names) or code.kwonly:
        raise Unliftable(f"a call of the nested function {shown(code.name, 40)}")
    given = {**dict(zip(names, arguments, strict=False)), **keywords}
    if set(given) != set(names):
        raise Unliftable(f"the nested function {shown(code.name, 40)} with other arguments")
    bound = {name: frame.lifter.bound(value, name) for name, value in given.items()}
    outer = {n: frame.current.variables[n] for n in code.free if n in frame.current.variables}
    return Nested(frame.lifter, code, frame.depth + 1).run({**outer, **bound})


def _range(frame: Frame, arguments: list[Any]) -> Any:
    numbers = [a.value for a in arguments if isinstance(a, Const) and type(a.value) is int]
    if len(numbers) != len(arguments) or not 1 <= len(numbers) <= 3 or 0 in numbers[2:]:
        return None
    found = range(*numbers)
    if len(found) > _RANGE_LIMIT:
        raise Unliftable(f"a range of more than {_RANGE_LIMIT:,} numbers")
    return Items("list", tuple(Const(i) for i in found))


def _enumerate(frame: Frame, arguments: list[Any]) -> Any:
    items = known_items(arguments[0]) if len(arguments) == 1 else None
    if items is None:
        raise Unliftable("enumerate() of something whose length is not known from the code")
    bound = [as_node(frame.lifter.bound(item, "item")) for item in items]
    return Items("list", tuple(Items("tuple", (Const(i), v)) for i, v in enumerate(bound)))


def _zip(frame: Frame, arguments: list[Any]) -> Any:
    columns = []
    for argument in arguments:
        items = known_items(argument)
        if items is None:
            raise Unliftable("zip() of something whose length is not known from the code")
        columns.append([as_node(frame.lifter.bound(item, "item")) for item in items])
    return Items("list", tuple(Items("tuple", row) for row in zip(*columns, strict=False)))


def _reversed(frame: Frame, arguments: list[Any]) -> Any:
    items = known_items(arguments[0]) if len(arguments) == 1 else None
    if items is None:
        raise Unliftable("reversed() of something whose length is not known from the code")
    return Running(tuple(reversed(items)))


def _length(frame: Frame, arguments: list[Any]) -> Any:
    items = known_items(arguments[0]) if len(arguments) == 1 else None
    return None if items is None else Const(len(items))


def _has(frame: Frame, arguments: list[Any]) -> Any:
    module, name = arguments if len(arguments) == 2 else (None, None)
    if not (isinstance(module, Ref) and isinstance(name, Const) and isinstance(name.value, str)):
        raise Unliftable("hasattr() of what is no module")
    path = modules.member(module, name.value, frame.lifter.dialect).path
    return Const(modules.has(path, frame.lifter.dialect))


def _listed(kind: str) -> Callable[[Frame, list[Any]], Any]:
    def convert(frame: Frame, arguments: list[Any]) -> Any:
        items = known_items(arguments[0]) if len(arguments) == 1 else () if not arguments else None
        if items is None:
            return None
        return Growing(list(items)) if kind == "list" else Items(kind, tuple(map(as_node, items)))

    return convert


_SPECIAL: dict[str, Callable[[Frame, list[Any]], Any]] = {
    "range": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "reversed": _reversed,
    "len": _length,
    "hasattr": _has,
    "list": _listed("list"),
    "tuple": _listed("tuple"),
}


def _call(frame: Frame, state: State, instruction: Instruction) -> None:
    """CALL_FUNCTION: before 3.6 the high byte counts the keywords, which are pairs."""
    count, pairs = instruction.argument, 0
    if frame.lifter.modern < (3, 6):
        count, pairs = count & 0xFF, count >> 8
    flat = state.take(2 * pairs)
    keywords = _named(flat[::2], flat[1::2])
    arguments = state.take(count)
    state.stack.append(call(frame, state.pop(), arguments, keywords))


def _named(keys: Any, values: Any) -> dict[str, Any]:
    found = [k.value if isinstance(k, Const) else k for k in keys]
    names = [n for n in found if isinstance(n, str)]
    if len(set(names)) < len(found):
        raise Damaged("keyword arguments whose names are none")
    return dict(zip(names, values, strict=True))


def _call_keywords(frame: Frame, state: State, instruction: Instruction) -> None:
    """CALL_FUNCTION_KW since 3.6, and CALL_KW since 3.13: the names are on top."""
    if frame.lifter.modern < (3, 6):
        raise Unliftable("a call with ** before Python 3.6")
    names = known_items(state.pop())
    if names is None or len(names) > instruction.argument:
        raise Damaged("keyword arguments whose names are none")
    values = state.take(instruction.argument)
    split = len(values) - len(names)
    keywords = _named(names, values[split:])
    function = _callable(state) if instruction.name == "CALL_KW" else state.pop()
    state.stack.append(call(frame, function, values[:split], keywords))


def _call_method(frame: Frame, state: State, instruction: Instruction) -> None:
    arguments = state.take(instruction.argument)
    state.stack.append(call(frame, _callable(state), arguments, {}))


def _callable(state: State) -> Any:
    """The function under its arguments, beside which there is a null (on either side)."""
    pair = [v for v in state.take(2) if not isinstance(v, Null)]
    if len(pair) != 1:
        raise Damaged("a call of what is no function")
    return pair[0]


def _call_modern(frame: Frame, state: State, instruction: Instruction) -> None:
    values = state.take(instruction.argument)
    names, state.keywords = state.keywords, ()
    split = len(values) - len(names)
    if split < 0:
        raise Damaged("more keyword arguments than arguments")
    # A comprehension up to 3.11 is called with its iterator where others have their first argument.
    lower, upper = state.take(2)
    if isinstance(lower, Null) or isinstance(upper, Null):
        function = upper if isinstance(lower, Null) else lower
    else:
        function, values, split = lower, [upper, *values], split + 1
    keywords = _named(names, values[split:])
    state.stack.append(call(frame, function, values[:split], keywords))


def _keyword_names(frame: Frame, state: State, instruction: Instruction) -> None:
    names = element(frame.code.consts, instruction.argument, "constant")
    if not isinstance(names, tuple) or not all(isinstance(n, str) for n in names):
        raise Damaged("keyword arguments whose names are none")
    state.keywords = names


def _call_unpacked(frame: Frame, state: State, instruction: Instruction) -> None:
    """CALL_FUNCTION_EX: a sequence of arguments, and a dict where the lowest bit says so."""
    named = state.pop() if instruction.argument & 1 else Mapping(())
    items = known_items(state.pop())
    if items is None or not isinstance(named, Mapping):
        raise Unliftable("a call with * or ** of something that is not known from the code")
    function = _callable(state) if frame.lifter.modern >= (3, 11) else state.pop()
    keywords = _named([k for k, _ in named.pairs], [v for _, v in named.pairs])
    state.stack.append(call(frame, function, list(items), keywords))


def _push_null(frame: Frame, state: State, instruction: Instruction) -> None:
    state.stack.append(NULL)


HANDLERS: dict[str, Handler] = {
    "CALL_FUNCTION": _call,
    "CALL_FUNCTION_KW": _call_keywords,
    "CALL_KW": _call_keywords,
    "CALL_METHOD": _call_method,
    "CALL": _call_modern,
    "KW_NAMES": _keyword_names,
    "CALL_FUNCTION_EX": _call_unpacked,
    "PUSH_NULL": _push_null,
}
