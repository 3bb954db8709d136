def _result_type(*arrays: torch.Tensor) -> torch.dtype:
    """The precision that holds all of the arrays."""
    dtype = arrays[0].dtype
    for array in arrays[1:]:
        dtype = torch.promote_types(dtype, array.dtype)
    return dtype
