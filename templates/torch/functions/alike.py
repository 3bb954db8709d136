def _alike(u, v) -> tuple:
    """Two values as arrays of one precision."""
    dtype = torch.result_type(torch.as_tensor(u), torch.as_tensor(v))
    for value in (u, v):
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            dtype = value.dtype
    return torch.as_tensor(u, dtype=dtype), torch.as_tensor(v, dtype=dtype)
