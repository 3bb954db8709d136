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

{% include "python/shapes.py" %}


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
{% include "python/reading.py" %}

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