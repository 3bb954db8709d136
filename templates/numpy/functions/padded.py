def _padded(array: np.ndarray, at: tuple, before: tuple, after: tuple) -> float:
    """The entry at a position, 0 in the padding; IndexError beyond the padding."""
    inside = True
    for k, length, ahead, behind in zip(at, array.shape, before, after):
        if not -ahead <= k < length + behind:
            raise IndexError(f"position {at} is outside the padded array")
        inside = inside and 0 <= k < length
    return array[at] if inside else 0.0
