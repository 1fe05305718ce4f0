"""What a run can add to plain training: one module an option, named for its setting.

A run loads those it sets, and only there do they count as its code. Each has a function
`add(parts, value)` that changes the training's parts by the setting's value. What it adds to a step
asks the device for no value, so that the step can be recorded as a CUDA graph.
"""
