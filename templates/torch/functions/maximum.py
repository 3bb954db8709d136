def _maximum(u, v) -> torch.Tensor:
    """The greater of the two"""
    return torch.maximum(*torch.broadcast_tensors(*_alike(u, v)))
