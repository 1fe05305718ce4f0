"""torchvision's random transforms, drawn per image and applied to a whole batch at once.

One module a transform, named for it; a run loads those it uses. Each holds a class of torchvision's
name with

- `stage`: when it acts, on "geometry" (uint8 pixels), "colour" (float32 in 0..1) or "normalised"
  images, or on a "mixed" batch, and `place`: after which others of its stage, the smaller numbers
  first,
- `uniforms`: how many uniform numbers it draws for an image, and
- `__call__(images, u)`: images [B, 3, H, W] and their uniform numbers u [B, uniforms] -> images.

What draws other numbers has `draw(n, generator)` -> float32 [n, k] instead of `uniforms`. What
mixes the images of a batch has `__call__(images, labels, u)` -> images and targets, and
`loss(criterion)`, the loss of outputs and targets.

No transform asks the device for a value, so that a step can be captured as a CUDA graph.
"""
