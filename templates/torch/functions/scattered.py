def _scattered(terms: torch.Tensor, *axes: tuple) -> torch.Tensor:
    """Sum terms[taps…, places…, …], each at start + tap * step + place * way.

    An axis of the result is given by (length, start, step, way); what is outside is
    left out.
    """
    count = len(axes)
    taps, places = terms.shape[:count], terms.shape[count : 2 * count]
    sizes, inside = [], []
    for (length, start, step, way), tap, place in zip(axes, taps, places):
        before = max(0, -start)
        reach = start + max(0, tap - 1) * step + max(0, place - 1) * way + 1
        sizes.append(before + max(length, reach))
        inside.append(slice(before, before + length))
    result = terms.new_zeros((*sizes, *terms.shape[2 * count :]))
    if 0 not in terms.shape:
        for tap in itertools.product(*[range(length) for length in taps]):
            part = []
            for (_, start, step, way), own, place in zip(axes, tap, places):
                first = max(0, start) + own * step
                part.append(slice(first, first + (place - 1) * way + 1, way))
            result[tuple(part)] += terms[tap]
    return result[tuple(inside)]
