def _transposed(array, kernel, lengths, starts, strides, dilations) -> torch.Tensor:
    """The transposed convolution of (batch, channels, …) with (channels, outputs, …).

    Each entry is added from start + place * stride on; of the result, lengths are kept.
    """
    if 0 in array.shape or 0 in kernel.shape:
        return array.new_zeros((array.shape[0], kernel.shape[1], *lengths))
    convolution = {3: F.conv_transpose1d, 4: F.conv_transpose2d, 5: F.conv_transpose3d}
    whole = convolution[array.ndim](array, kernel, stride=strides, dilation=dilations)
    padding = []
    for length, start, reach in zip(lengths, starts, whole.shape[2:]):
        padding = [start, length - start - reach, *padding]
    return F.pad(whole, padding) if any(padding) else whole
