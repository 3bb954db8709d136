# The self check: name, function, place of the value, name of the array.
{{ sizes_list }}
{{ params_list }}
{{ arrays_list }}
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
_RANGES = [(-1.5, 1.5), (0.5, 1.5), (0.2, 0.8), None]
{% if moves %}

{{ moves.head }}
    """{{ moves.about[0] }}"""
{% for line in moves.body -%}
{{ line }}
{% endfor -%}
{% endif %}

def _values(arrays: list, moves: dict, keywords: dict) -> list:
    """The outputs, where something is added to the arrays that it is given for."""
    arrays = [array + moves.get(name, 0) for name, array in zip(_ARRAYS, arrays)]
{%- if moves %}
    return _moved(moves, *arrays, **keywords)
{%- else %}
    return [output(*arrays, **keywords) for _, output in _OUTPUTS]
{%- endif %}