def _entries(array: torch.Tensor, *places) -> torch.Tensor:
    """The entries at positions, 0 outside of the array."""
    places = torch.broadcast_tensors(*[torch.as_tensor(place) for place in places])
    if 0 in array.shape:
        return array.new_zeros(places[0].shape)
    inside, kept = torch.tensor(True), []
    for place, length in zip(places, array.shape):
        inside = inside & (0 <= place) & (place < length)
        kept.append(place.clamp(0, length - 1))
    return torch.where(inside, array[tuple(kept)], torch.zeros((), dtype=array.dtype))
