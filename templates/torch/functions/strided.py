def _strided(array: torch.Tensor, shape: tuple, start: tuple, steps: tuple) -> torch.Tensor:
    """The entries from start on by a row of steps for each axis: a view, 0 outside."""
    shape = tuple([max(0, length) for length in shape])
    if 0 in shape:
        return array.new_zeros(shape)
    corner, padding = [], []
    for axis, length in enumerate(array.shape):
        reach = [(count - 1) * row[axis] for count, row in zip(shape, steps)]
        low = start[axis] + sum([min(0, way) for way in reach])
        high = start[axis] + sum([max(0, way) for way in reach])
        before, after = max(0, -low), max(0, high + 1 - length)
        padding = [before, after, *padding]
        corner.append(start[axis] + before)
    if any(padding):
        array = torch.nn.functional.pad(array, padding)
    strides = [sum([s * k for s, k in zip(array.stride(), row)]) for row in steps]
    first = array.storage_offset() + sum([s * k for s, k in zip(array.stride(), corner)])
    turned = [axis for axis, stride in enumerate(strides) if stride < 0]
    first += sum([strides[axis] * (shape[axis] - 1) for axis in turned])
    view = array.as_strided(shape, [abs(stride) for stride in strides], first)
    return view.flip(turned) if turned else view
