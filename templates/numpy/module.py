"""{{ title }}

Written by backprose; needs only NumPy. Arrays are passed by position; an axis whose
indices run from lo to hi stores lo at position 0. Single precision stays single. The
upstream gradients, g, are the direct derivatives of the loss by the outputs. Run this
file to compare every derivative with central finite differences.
{%- if facts | length > 0 %}

The derivatives hold where
{%- for fact in facts %}
    {{ fact }}
{%- endfor %}
{%- endif %}
"""

{% if math -%}
import math

{% endif -%}
import numpy as np
{% if given %}

class _Default(int):
    """A size given when this module was made; the arrays' shapes win over it."""
{% endif -%}
{% for function in functions %}

{% if function.masked -%}
@np.errstate(all="ignore")
{% endif -%}
{{ function.head }}
    """{{ function.about | join(sep="\n") }}{% if function.about | length > 1 %}
    {% endif %}"""
{% for line in function.body -%}
{{ line }}
{% endfor -%}
{% endfor -%}
{% for text in library %}

{{ text }}
{% endfor %}

{% include "python/shapes.py" %}


def _floats(name: str, array, axes: int) -> np.ndarray:
    """The array as floating-point numbers, with the right number of axes."""
    array = np.asarray(array)
    if array.dtype != np.float32:
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
{% include "python/reading.py" %}

{% include "numpy/check.py" %}