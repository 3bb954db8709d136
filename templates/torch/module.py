"""{{ title }}

Written by backprose; needs only PyTorch. Arrays are passed by position; an axis whose
indices run from lo to hi stores lo at position 0. Single precision stays single. The
upstream gradients, g, are the direct derivatives of the loss by the outputs. Run this
file to compare every derivative with automatic differentiation.
{%- if facts | length > 0 %}

The derivatives hold where
{%- for fact in facts %}
    {{ fact }}
{%- endfor %}
{%- endif %}
"""

{% if itertools -%}
import itertools
{% endif -%}
import math

import torch
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
{% for text in library %}

{{ text }}
{% endfor %}

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


def _floats(name: str, array, axes: int) -> torch.Tensor:
    """The array as floating-point numbers, with the right number of axes."""
    array = torch.as_tensor(array)
    if not array.is_floating_point():
        array = array.to(torch.get_default_dtype())
    if array.ndim != axes:
        raise ValueError(f"{name} has {array.ndim} axes, expected {axes}")
    return array


{% if integers -%}
def _integers(name: str, array, axes: int) -> torch.Tensor:
    """The array as integers, with the right number of axes."""
    floats = _floats(name, array, axes)
    if not torch.all(floats == torch.round(floats)):
        raise ValueError(f"{name} must hold integers")
    return torch.as_tensor(array).to(torch.int64)


def _within(name: str, array: torch.Tensor, first: int, last: int) -> None:
    """ValueError unless all integers lie between the two."""
    if not torch.all((first <= array) & (array <= last)):
        raise ValueError(f"{name} must hold integers from {first} to {last}")


{% endif -%}
def _fits(name: str, array: torch.Tensor, shape: tuple) -> None:
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

{% if autograd %}
class Operation(torch.autograd.Function):
    """The outputs as one operation, whose gradients are the derived ones.

    Operation.apply takes the arrays, then all keywords by position; None is a size that the
    arrays tell.
    """

    @staticmethod
    def forward(ctx, *arguments):
        arrays, keywords = arguments[: len(_ARRAYS)], arguments[len(_ARRAYS) :]
        ctx.save_for_backward(*arrays)
        ctx.keywords = dict(zip([*_SIZES, *_PARAMS], keywords))
        outputs = [output(*arrays, **ctx.keywords) for _, output in _OUTPUTS]
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    @staticmethod
    def backward(ctx, *upstream):
        _, gradients = {{ vjp }}(*ctx.saved_tensors, *upstream, **ctx.keywords)
        return (
{%- for gradient in gradient_of %}
            {{ gradient }},
{%- endfor %}
            *[None for _ in ctx.keywords],
        )


{% endif -%}
{% include "torch/check.py" %}