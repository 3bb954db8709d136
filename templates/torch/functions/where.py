def _where(test: torch.Tensor, yes, no) -> torch.Tensor:
    """One where the test holds, the other where it does not; numbers are taken as arrays."""
    like = [value.dtype for value in (yes, no) if isinstance(value, torch.Tensor)]
    dtype = like[0] if like else torch.get_default_dtype()
    for other in like[1:]:
        dtype = torch.promote_types(dtype, other)
    if not dtype.is_floating_point and any(isinstance(v, float) for v in (yes, no)):
        dtype = torch.get_default_dtype()
    yes, no = torch.as_tensor(yes, dtype=dtype), torch.as_tensor(no, dtype=dtype)
    return torch.where(torch.as_tensor(test), yes, no)
