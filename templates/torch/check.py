{% include "python/tables.py" %}


def _reals(rng, attempt: int, shape: tuple) -> torch.Tensor:
    """Random numbers: the first attempts share a range, later ones mix them."""
    choice = attempt if attempt < 40 else _integer(rng, 0, len(_RANGES) - 1)
    limits = _RANGES[choice % len(_RANGES)]
    values = torch.rand(shape, generator=rng, dtype=torch.float64)
    if limits is None:
        return (0.5 + values) / max(1, math.prod(shape))
    return limits[0] + (limits[1] - limits[0]) * values


def _integer(rng, first: int, last: int) -> int:
    """A random integer, both ends included."""
    return int(torch.randint(first, last + 1, (), generator=rng))


{{ draw_head }}
    """Random arrays, not yet such that the outputs have values."""
    _expected = _shapes({{ sizes }})
    return [
{% for draw in draws -%}
{{ "        " }}{{ draw }},
{% endfor -%}
{{ "    " }}]


def _draw(rng, **keywords) -> list:
    """Random arrays at which the outputs have values and all requirements hold."""
    sizes = {name: keywords[name] for name in _SIZES}
    for attempt in range(400):
        arrays = _sample(rng, attempt, **sizes)
        try:
{%- if facts | length > 0 %}
            if not _settled(arrays, keywords):
                continue
{%- endif %}
            values = _values(arrays, {}, {**_PARAMS, **keywords})
        except ArithmeticError:
            continue
        if all(torch.all(torch.isfinite(value)) for value in values):
            return arrays
    raise SystemExit("no values were found at which the outputs are defined")
{% if facts | length > 0 %}

def _places(array: torch.Tensor):
    """The positions of all entries."""
    return itertools.product(*[range(length) for length in array.shape])


def _settled(arrays: list, keywords: dict) -> bool:
    """Solve each equation for an entry; whether all requirements hold with room."""

    def facts() -> list:
        return list(_facts(*arrays, **{**_PARAMS, **keywords}))

    fixed = set()
    for k, (_, relation, left) in enumerate(facts()):
        if relation != "=":
            continue
        left, slopes = facts()[k][2], {}
        for which, array in enumerate(arrays):
            for entry in _places(array) if array.is_floating_point() else ():
                before = array[entry].clone()
                array[entry] = before + 1.0
                slopes[which, entry] = facts()[k][2] - left
                array[entry] = before
        slopes = {place: slope for place, slope in slopes.items() if slope != 0}
        for which, entry in [place for place in reversed(slopes) if place not in fixed]:
            before = arrays[which][entry].clone()
            arrays[which][entry] = before - left / slopes[which, entry]
            if abs(facts()[k][2]) <= 1e-9:
                break
            arrays[which][entry] = before
        fixed.update(slopes)
    for _, relation, left in facts():
        room = {"=": 1e-8 - abs(left), "!": abs(left), "<": -left, ">": left}
        if not room[relation[0]] > (0.0 if relation == "=" else 0.02):
            return False
    return True
{% endif %}

def _draw_sizes(rng) -> dict:
    """Small sizes, different from each other as far as they can be."""
    best, best_score = None, None
    for attempt in range(3000):
        sizes = {
            name: _integer(rng, 1, 2 + attempt % 7) if value is None else value
            for name, value in _SIZES.items()
        }
        try:
            shapes = _shapes(**sizes)
        except (ValueError, ArithmeticError):
            continue
        lengths = [length for shape in shapes.values() for length in shape]
        if any(length < 1 for length in lengths):
            continue
        work = max([math.prod(shape) for shape in shapes.values()]) ** 2
        alike = len(sizes) - len(set(sizes.values())) + lengths.count(1)
        score = (max(work, 10000), alike, -work)
        if best_score is None or score < best_score:
            best, best_score = sizes, score
        if None not in _SIZES.values():
            break
    if best is None:
        raise SystemExit("no small sizes satisfy the assumptions")
    return best


def _largest(array: torch.Tensor) -> float:
    """The largest absolute value, 0 if there is none."""
    return float(torch.max(torch.abs(array))) if array.numel() else 0.0


def _report(name: str, value: torch.Tensor, expected: torch.Tensor) -> bool:
    """Print one line about a function; whether it agrees."""
    error = math.inf if value.shape != expected.shape else _largest(value - expected)
    good = error <= 1e-8 * max(1.0, _largest(expected))
    print(f"{name}: max error {error:.1e}{'' if good else '  WRONG'}")
    return good


def _slope(result: torch.Tensor, variable: torch.Tensor, upstream=None) -> torch.Tensor:
    """What automatic differentiation gives; 0 where there is no path."""
    if not result.requires_grad:
        return torch.zeros_like(variable)
    found = torch.autograd.grad(
        result, variable, upstream, retain_graph=True, allow_unused=True
    )[0]
    return torch.zeros_like(variable) if found is None else found


{% if autograd -%}
def _differentiated(arrays: list, upstream: list, keywords: dict, expected: dict) -> bool:
    """Whether the gradients that reach the arrays through Operation are the expected ones."""
    leaves = [
        array.clone().requires_grad_(name in expected)
        for name, array in zip(_ARRAYS, arrays)
    ]
    given = [keywords[name] for name in [*_SIZES, *_PARAMS]]
    results = Operation.apply(*leaves, *given)
    results = results if isinstance(results, tuple) else (results,)
    pairs = [pair for pair in zip(results, upstream) if pair[0].requires_grad]
    if pairs:
        torch.autograd.backward(*zip(*pairs))
    good = True
    for name, leaf in zip(_ARRAYS, leaves):
        if name in expected:
            found = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
            good = _report(f"Operation, dl/d{name}", found, expected[name]) and good
    return good


{% endif -%}
def _check() -> int:
    """Compare every derivative with automatic differentiation; 0 if all agree."""
    torch.set_default_dtype(torch.float64)
    rng = torch.Generator().manual_seed(0)
    sizes = _draw_sizes(rng)
    keywords = {**sizes, **_PARAMS}
    arrays = _draw(rng, **keywords)
    shapes = _shapes(**sizes)
    compared = sorted({entry[-1] for entry in _JACOBIANS + _GRADIENTS})
    moves = {name: torch.zeros(shapes[name], requires_grad=True) for name in compared}
    results = _values(arrays, moves, keywords)
    good = True
    for (name, _), result in zip(_OUTPUTS, results):
        finite = bool(torch.all(torch.isfinite(result)))
        print(f"{name}: shape {tuple(result.shape)}{'' if finite else '  NOT FINITE'}")
        good = good and finite
    for name, jacobian, place, array in _JACOBIANS:
        rows = [_slope(entry, moves[array]) for entry in results[place].reshape(-1)]
        shape = (*results[place].shape, *shapes[array])
        expected = torch.stack(rows).reshape(shape) if rows else torch.zeros(shape)
        good = _report(name, jacobian(*arrays, **keywords), expected) and good
    results = results[: len(_OUTPUTS)]
    upstream = [
        0.5 + torch.rand(result.shape, generator=rng) for result in results
    ]
{%- if autograd %}
    expected = {}
{%- endif %}
    for name, gradient, array in _GRADIENTS:
        value = gradient(*arrays, *upstream, **keywords)
        slopes = [_slope(result, moves[array], g) for result, g in zip(results, upstream)]
        slope = torch.stack(slopes).sum(0)
        good = _report(name, value, slope) and good
{%- if autograd %}
        expected[array] = slope
    good = _differentiated(arrays, upstream, keywords, expected) and good
{%- endif %}
    if not good:
        print(f"at the sizes {sizes}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(_check())
