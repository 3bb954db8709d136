def _scattered(terms: np.ndarray, *axes: tuple) -> np.ndarray:
    """Sum terms[taps…, places…, …], each at start + tap * step + place * way.

    An axis of the result is given by (length, start, step, way); what is outside is
    left out.
    """
    count = len(axes)
    taps, places = terms.shape[:count], terms.shape[count : 2 * count]
    rest = terms.shape[2 * count :]
    sizes, inside = [], []
    for (length, start, step, way), tap, place in zip(axes, taps, places):
        before = max(0, -start)
        reach = start + max(0, tap - 1) * step + max(0, place - 1) * way + 1
        sizes.append(before + max(length, reach))
        inside.append(slice(before, before + length))
    result = np.zeros((*sizes, *rest), np.result_type(terms, np.float32))
    if 0 not in terms.shape:
        for tap in np.ndindex(taps):
            part = []
            for (_, start, step, way), own, place in zip(axes, tap, places):
                first = max(0, start) + own * step
                part.append(slice(first, first + (place - 1) * way + 1, way))
            result[tuple(part)] += terms[tap]
    return result[tuple(inside)]
