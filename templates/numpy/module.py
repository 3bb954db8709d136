"""{{ title }}

Written by backprose; needs only NumPy. Arrays are passed by position; an axis whose
indices run from lo to hi stores lo at position 0. The upstream gradients, g, are the
direct derivatives of the loss by the outputs. Run this file to compare every derivative
with central finite differences.
"""

{% if itertools -%}
import itertools

{% endif -%}
import numpy as np
{% if given %}

class _Default(int):
    """A size given when this module was made; the arrays' shapes win over it."""
{% endif -%}
{% for function in functions %}

{{ function.head }}
    """{{ function.about | join(sep="\n") }}{% if function.about | length > 1 %}
    {% endif %}"""
{% for line in function.body -%}
{{ line }}
{% endfor -%}
{% endfor -%}
{% if forward %}

{{ forward.head }}
    """{{ forward.about[0] }}"""
{% for line in forward.body -%}
{{ line }}
{% endfor -%}
{% endif %}

{{ shapes_head }}
    """The shape of every array; ValueError if the sizes break an assumption."""
{% for test in requires -%}
{{ "    " }}if not ({{ test }}):
        raise ValueError("the sizes must satisfy {{ test }}")
{% endfor -%}
{{ "    " }}return {
{% for shape in shapes -%}
{{ shape }}
{% endfor -%}
{{ "    " }}}


{{ inputs_head }}
    """Check the arrays and read the sizes off their shapes."""
{% for check in checks -%}
{{ "    " }}{{ check }}
{% endfor -%}
{% for reading in readings -%}
{{ "    " }}{{ reading }}
{% endfor -%}
{{ "    " }}_expected = _shapes({{ sizes }})
{% for array in arrays -%}
{{ "    " }}_fits("{{ array }}", {{ array }}, _expected["{{ array }}"])
{% endfor -%}
{% for content in contents -%}
{{ "    " }}{{ content }}
{% endfor -%}
{{ "    " }}return {{ returned }}


def _floats(name: str, array, axes: int) -> np.ndarray:
    """The array in double precision, with the right number of axes."""
    array = np.asarray(array, dtype=float)
    if array.ndim != axes:
        raise ValueError(f"{name} has {array.ndim} axes, expected {axes}")
    return array


{% if integers -%}
def _integers(name: str, array, axes: int) -> np.ndarray:
    """The array as integers, with the right number of axes."""
    floats = _floats(name, array, axes)
    if not np.all(floats == np.round(floats)):
        raise ValueError(f"{name} must hold integers")
    return np.asarray(array).astype(np.int64)


def _within(name: str, array: np.ndarray, first: int, last: int) -> None:
    """ValueError unless all integers lie between the two."""
    if not np.all((first <= array) & (array <= last)):
        raise ValueError(f"{name} must hold integers from {first} to {last}")


{% endif -%}
def _fits(name: str, array: np.ndarray, shape: tuple) -> None:
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
{% if padded %}

def _padded(array: np.ndarray, at: tuple, before: tuple, after: tuple) -> float:
    """The entry at a position, 0 in the padding; IndexError beyond the padding."""
    inside = True
    for k, length, ahead, behind in zip(at, array.shape, before, after):
        if not -ahead <= k < length + behind:
            raise IndexError(f"position {at} is outside the padded array")
        inside = inside and 0 <= k < length
    return array[at] if inside else 0.0
{% endif -%}
{% if mean %}

def _mean(terms) -> float:
    """The mean of at least one term."""
    terms = list(terms)
    if not terms:
        raise ValueError("the mean of no terms is not defined")
    return sum(terms) / len(terms)
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

# The self check: name, function, and the places of the output and of the array.
_SIZES = {
{%- for size in size_entries -%}
{% if not loop.first %}, {% endif %}"{{ size.name }}": {% if size.value is none %}None{% else %}{{ size.value }}{% endif %}
{%- endfor -%}
}
_PARAMS = {
{%- for param in params -%}
{% if not loop.first %}, {% endif %}"{{ param }}": 1.25
{%- endfor -%}
}
_OUTPUTS = [
{% for entry in outputs -%}
{{ "    " }}{{ entry }},
{% endfor -%}
]
_JACOBIANS = [
{%- for entry in jacobians %}
    {{ entry }},
{%- if loop.last %}
{% endif -%}
{% endfor -%}
]
_GRADIENTS = [
{%- for entry in gradients %}
    {{ entry }},
{%- if loop.last %}
{% endif -%}
{% endfor -%}
]


{{ draw_head }}
    """Random arrays for the self check."""
    _expected = _shapes({{ sizes }})
    return [
{% for draw in draws -%}
{{ "        " }}np.array({{ draw }}),
{% endfor -%}
{{ "    " }}]


def _draw_sizes(rng) -> dict:
    """Small sizes, different from each other as far as they can be."""
    best, best_score = None, None
    for attempt in range(3000):
        sizes = {
            name: int(rng.integers(1, 3 + attempt % 7)) if value is None else value
            for name, value in _SIZES.items()
        }
        try:
            shapes = _shapes(**sizes)
        except (ValueError, ArithmeticError):
            continue
        lengths = [length for shape in shapes.values() for length in shape]
        if any(length < 1 for length in lengths):
            continue
        work = int(max([np.prod(shape) for shape in shapes.values()])) ** 2
        alike = len(sizes) - len(set(sizes.values())) + lengths.count(1)
        score = (max(work, 10000), alike, -work)
        if best_score is None or score < best_score:
            best, best_score = sizes, score
        if None not in _SIZES.values():
            break
    if best is None:
        raise SystemExit("no small sizes satisfy the assumptions")
    return best


def _differences(rng, arrays: list, which: int, keywords: dict):
    """Entries of an array, each with the derivatives of all outputs by that entry."""
    step = 1e-5
    array = arrays[which]
    entries = list(np.ndindex(array.shape))
    if len(entries) > 60:
        chosen = rng.choice(len(entries), 60, replace=False)
        entries = [entries[k] for k in sorted(chosen)]
    for entry in entries:
        sides = []
        for shift in (step, -step):
            moved = [other.copy() for other in arrays]
            moved[which][entry] += shift
            sides.append([output(*moved, **keywords) for _, output in _OUTPUTS])
        yield entry, [(up - down) / (2 * step) for up, down in zip(*sides)]


def _largest(array) -> float:
    """The largest absolute value, 0 if there is none."""
    return float(np.max(np.abs(array), initial=0.0))


def _report(name: str, error: float, scale: float) -> bool:
    """Print one line about a function; whether its error is small enough."""
    good = bool(error <= 1e-6 * max(1.0, scale))
    print(f"{name}: max error {error:.1e}{'' if good else '  WRONG'}")
    return good


def _check() -> int:
    """Compare every derivative with central finite differences; 0 if all agree."""
    rng = np.random.default_rng(0)
    sizes = _draw_sizes(rng)
    arrays = _draw(rng, **sizes)
    keywords = {**sizes, **_PARAMS}
    results = [output(*arrays, **keywords) for _, output in _OUTPUTS]
    largest = max([_largest(result) for result in results])
    good = True
    for (name, _), result in zip(_OUTPUTS, results):
        finite = bool(np.all(np.isfinite(result)))
        print(f"{name}: shape {result.shape}{'' if finite else '  NOT FINITE'}")
        good = good and finite
    for name, jacobian, output, which in _JACOBIANS:
        value = jacobian(*arrays, **keywords)
        error, scale = 0.0, largest
        if value.shape != results[output].shape + arrays[which].shape:
            error = np.inf
        else:
            for entry, slopes in _differences(rng, arrays, which, keywords):
                difference = value[(..., *entry)] - slopes[output]
                error = np.maximum(error, _largest(difference))
                scale = max(scale, _largest(slopes[output]))
        good = _report(name, error, scale) and good
    upstream = [np.array(rng.uniform(0.5, 1.5, result.shape)) for result in results]
    for name, gradient, which in _GRADIENTS:
        value = gradient(*arrays, *upstream, **keywords)
        error, scale = 0.0, largest * sum([result.size for result in results])
        if value.shape != arrays[which].shape:
            error = np.inf
        else:
            for entry, slopes in _differences(rng, arrays, which, keywords):
                slope = sum(np.sum(g * s) for g, s in zip(upstream, slopes))
                error = np.maximum(error, _largest(value[entry] - slope))
        good = _report(name, error, scale) and good
    if not good:
        print(f"at the sizes {sizes}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(_check())
