def _transposed(array, kernel, lengths, starts, strides, dilations) -> torch.Tensor:
    """The transposed convolution of (batch, channels, …) with (channels, outputs, …).

    Each entry is added from start + place * stride on; of the result, lengths are kept. It
    is computed as the gradient of a convolution by its input.
    """
    if 0 in array.shape or 0 in kernel.shape:
        return array.new_zeros((array.shape[0], kernel.shape[1], *lengths))
    whole, padding = [array.shape[0], kernel.shape[1]], []
    each = zip(lengths, starts, strides, dilations)
    for axis, (length, start, stride, dilation) in enumerate(each, 2):
        reach = (array.shape[axis] - 1) * stride + (kernel.shape[axis] - 1) * dilation + 1
        more = length - start - reach
        spare = min(max(0, more), stride - 1)
        whole.append(reach + spare)
        padding = [start, more - spare, *padding]
    gradient = torch.nn.grad
    inputs = [gradient.conv1d_input, gradient.conv2d_input, gradient.conv3d_input]
    result = inputs[len(lengths) - 1](whole, kernel, array, stride=strides, dilation=dilations)
    for part in ([max(0, n) for n in padding], [min(0, n) for n in padding]):
        result = torch.nn.functional.pad(result, part) if any(part) else result
    return result
