def _strided(array: np.ndarray, shape: tuple, start: tuple, steps: tuple) -> np.ndarray:
    """The entries from start on by a row of steps for each axis: a view, 0 outside."""
    shape = tuple(max(0, length) for length in shape)
    if 0 in shape:
        return np.zeros(shape, array.dtype)
    corner, padding = [], []
    for axis, length in enumerate(array.shape):
        reach = [(count - 1) * row[axis] for count, row in zip(shape, steps)]
        low = start[axis] + sum([min(0, way) for way in reach])
        high = start[axis] + sum([max(0, way) for way in reach])
        padding.append((max(0, -low), max(0, high + 1 - length)))
        corner.append(start[axis] + padding[-1][0])
    if any(before or after for before, after in padding):
        array = np.pad(array, padding)
    strides = [sum([s * k for s, k in zip(array.strides, row)]) for row in steps]
    first = array[tuple([slice(place, None) for place in corner])]
    return np.lib.stride_tricks.as_strided(first, shape, strides, writeable=False)
