def _convolved(array, kernel, counts, starts, strides, dilations) -> torch.Tensor:
    """The cross-correlation of (batch, channels, …) with (outputs, channels, …).

    On every further axis it has count places, the first at start; 0 outside.
    """
    if 0 in array.shape or 0 in kernel.shape or 0 in counts:
        return array.new_zeros((array.shape[0], kernel.shape[0], *counts))
    padding = []
    for axis, (count, start, stride, dilation) in enumerate(zip(counts, starts, strides, dilations), 2):
        last = start + (count - 1) * stride + (kernel.shape[axis] - 1) * dilation
        padding = [-start, last + 1 - array.shape[axis], *padding]
    if any(padding):
        array = F.pad(array, padding)
    convolution = {3: F.conv1d, 4: F.conv2d, 5: F.conv3d}[array.ndim]
    return convolution(array, kernel, stride=strides, dilation=dilations)
