def _broadcast(value, shape: tuple) -> torch.Tensor:
    """A value with every axis as long as it is."""
    return torch.as_tensor(value).expand(shape)
