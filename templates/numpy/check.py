{% include "python/tables.py" %}


def _reals(rng, attempt: int, shape: tuple) -> np.ndarray:
    """Random numbers: the first attempts share a range, later ones mix them."""
    choice = attempt if attempt < 40 else rng.integers(len(_RANGES))
    limits = _RANGES[choice % len(_RANGES)]
    if limits is None:
        return rng.uniform(0.5, 1.5, shape) / max(1, np.prod(shape))
    return rng.uniform(*limits, shape)


{{ draw_head }}
    """Random arrays, not yet such that the outputs have values."""
    _expected = _shapes({{ sizes }})
    return [
{% for draw in draws -%}
{{ "        " }}np.array({{ draw }}),
{% endfor -%}
{{ "    " }}]


def _draw(rng, **keywords) -> list:
    """Random arrays at which the outputs have values and all requirements hold."""
    sizes = {name: keywords[name] for name in _SIZES}
    for attempt in range(400):
        arrays = _sample(rng, attempt, **sizes)
        with np.errstate(all="ignore"):
            try:
{%- if facts | length > 0 %}
                if not _settled(arrays, keywords):
                    continue
{%- endif %}
                values = _values(arrays, {}, {**_PARAMS, **keywords})
            except ArithmeticError:
                continue
        if all(np.all(np.isfinite(value)) for value in values):
            return arrays
    raise SystemExit("no values were found at which the outputs are defined")
{% if facts | length > 0 %}

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
            for entry in np.ndindex(array.shape) if array.dtype == float else ():
                before = array[entry]
                array[entry] = before + 1.0
                slopes[which, entry] = facts()[k][2] - left
                array[entry] = before
        slopes = {place: slope for place, slope in slopes.items() if slope != 0}
        for which, entry in [place for place in reversed(slopes) if place not in fixed]:
            before = arrays[which][entry]
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


def _differences(rng, arrays: list, name: str, shape: tuple, keywords: dict) -> list:
    """Entries of an array, each with the slopes of all outputs by that entry.

    Left out are entries at which the slopes on the two sides differ: there is a kink.
    """
    step = 1e-5
    middle = _values(arrays, {}, keywords)
    entries = list(np.ndindex(shape))
    if len(entries) > 60:
        chosen = rng.choice(len(entries), 60, replace=False)
        entries = [entries[k] for k in sorted(chosen)]
    found = []
    for entry in entries:
        move = np.zeros(shape)
        move[entry] = step
        above, below = (_values(arrays, {name: m}, keywords) for m in (move, -move))
        slopes = [(up - down) / (2 * step) for up, down in zip(above, below)]
        smooth = True
        for up, at, down, slope in zip(above, middle, below, slopes):
            bend = _largest(up - 2 * at + down) / step
            smooth = smooth and bend <= 0.01 * max(1.0, _largest(slope))
        if smooth:
            found.append((entry, slopes))
    return found


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
    keywords = {**sizes, **_PARAMS}
    arrays = _draw(rng, **keywords)
    shapes = _shapes(**sizes)
    results = _values(arrays, {}, keywords)
    largest = max([_largest(result) for result in results])
    good = True
    for (name, _), result in zip(_OUTPUTS, results):
        finite = bool(np.all(np.isfinite(result)))
        print(f"{name}: shape {np.shape(result)}{'' if finite else '  NOT FINITE'}")
        good = good and finite
    compared = [entry[-1] for entry in _JACOBIANS + _GRADIENTS]
    differences = {
        name: _differences(rng, arrays, name, shapes[name], keywords)
        for name in sorted(set(compared))
    }
    for name in sorted(set(compared)):
        if not differences[name]:
            print(f"{name}: every entry is at a kink  NOT COMPARED")
            good = False
    for name, jacobian, place, array in _JACOBIANS:
        value = jacobian(*arrays, **keywords)
        error, scale = 0.0, largest
        if value.shape != np.shape(results[place]) + shapes[array]:
            error = np.inf
        else:
            for entry, slopes in differences[array]:
                difference = value[(..., *entry)] - slopes[place]
                error = np.maximum(error, _largest(difference))
                scale = max(scale, _largest(slopes[place]))
        good = _report(name, error, scale) and good
    upstream = [np.array(rng.uniform(0.5, 1.5, np.shape(result))) for result in results]
    upstream = upstream[: len(_OUTPUTS)]
    for name, gradient, array in _GRADIENTS:
        value = gradient(*arrays, *upstream, **keywords)
        error, scale = 0.0, largest * sum([np.size(result) for result in results])
        if value.shape != shapes[array]:
            error = np.inf
        else:
            for entry, slopes in differences[array]:
                slope = sum(np.sum(g * s) for g, s in zip(upstream, slopes))
                error = np.maximum(error, _largest(value[entry] - slope))
        good = _report(name, error, scale) and good
    if not good:
        print(f"at the sizes {sizes}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(_check())
