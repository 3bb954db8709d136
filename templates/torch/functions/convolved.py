def _convolved(array, kernel, counts, starts, strides, dilations) -> torch.Tensor:
    """The cross-correlation of (batch, channels, …) with (outputs, channels, …).

    On every further axis it has count places, the first at start; 0 outside. A kernel with
    more taps than places is taken as the gradient of outputs, and the result as that of
    weights, which PyTorch has an operation for.
    """
    if 0 in array.shape or 0 in kernel.shape or 0 in counts:
        return array.new_zeros((array.shape[0], kernel.shape[0], *counts))
    swap = math.prod(kernel.shape[2:]) > math.prod(counts)
    padding = []
    each = zip(counts, starts, strides, dilations)
    for axis, (count, start, stride, dilation) in enumerate(each, 2):
        last = start + (count - 1) * stride + (kernel.shape[axis] - 1) * dilation
        more = last + 1 - array.shape[axis]
        spare = (dilation if swap else stride) - 1
        padding = [-start, min(0, more + spare) if more < 0 else more, *padding]
    native, gradient = torch.nn.functional, torch.nn.grad
    for part in ([max(0, n) for n in padding], [min(0, n) for n in padding]):
        array = native.pad(array, part) if any(part) else array
    if swap:
        weights = [gradient.conv1d_weight, gradient.conv2d_weight, gradient.conv3d_weight]
        shape = (kernel.shape[0], array.shape[0], *counts)
        array, kernel = array.transpose(0, 1), kernel.transpose(0, 1)
        result = weights[len(counts) - 1](
            array, shape, kernel, stride=dilations, dilation=strides
        )
        return result.transpose(0, 1)
    convolution = [native.conv1d, native.conv2d, native.conv3d][len(counts) - 1]
    return convolution(array, kernel, stride=strides, dilation=dilations)
