def _entries(array: np.ndarray, *places) -> np.ndarray:
    """The entries at positions, 0 outside of the array."""
    if 0 in array.shape:
        return np.zeros(np.broadcast_shapes(*[np.shape(place) for place in places]))
    inside, kept = True, []
    for place, length in zip(places, array.shape):
        inside = inside & (0 <= np.asarray(place)) & (np.asarray(place) < length)
        kept.append(np.clip(place, 0, length - 1))
    return np.where(inside, array[tuple(kept)], array.dtype.type(0))
