    """ValueError unless every axis has the length it should."""
    for axis, (length, expected) in enumerate(zip(array.shape, shape)):
        if length != expected:
            raise ValueError(
                f"axis {axis} of {name} has length {length}, expected {expected}"
            )
{% if read %}

def _size(name: str, given, place: str, length: int, factor: int = 1) -> int:
    """A size that an axis tells; ValueError if the caller says otherwise."""
    size, remainder = divmod(length, factor)
    if remainder:
        raise ValueError(f"the length of {place} fits no integer {name}")
    if given is None or {% if given %}isinstance(given, _Default) or {% endif %}given == size:
        return size
    raise ValueError(f"{name} is {given}, but the length of {place} says {size}")
{% endif -%}
{% if fixed %}

def _fixed(name: str, given: int, value: int) -> None:
    """ValueError if a size differs from the one this module was made for."""
    if given != value:
        raise ValueError(f"this module was made for {name} = {value}, not {given}")
{% endif -%}
{% if facts | length > 0 %}

def _demand(facts) -> None:
    """ValueError unless the values are such that the derivatives hold."""
    for words, relation, difference in facts:
        holds = {
            "=": abs(difference) <= 1e-6,
            "!=": difference != 0,
            "<": difference < 0,
            "<=": difference <= 0,
            ">": difference > 0,
            ">=": difference >= 0,
        }
        if not holds[relation]:
            raise ValueError(f"the values must satisfy {words}")
{% endif -%}
{% if renamed | length > 0 %}

_RENAMED = {
{% for pair in renamed -%}
{{ "    " }}"{{ pair[0] }}": {{ pair[1] }},
{% endfor -%}
}


def __getattr__(name: str):
    """Functions whose names mean something else in Python."""
    if name in _RENAMED:
        return _RENAMED[name]
    raise AttributeError(f"this module has no attribute {name}")
{% endif %}