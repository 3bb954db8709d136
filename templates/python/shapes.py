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