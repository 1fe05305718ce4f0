"""Figures: one module each, named as in config.yaml. It holds

- `draw(request) -> Figure`, where the request is an `ablate.requests.figure.Drawing`, and
- `NEEDS`, if it needs anything: a mapping of plain values that planning reads from the module's
  text, so that a figure that could not be drawn is refused before anything is trained. See
  `ablate.planning.figure_needs.Needs`.
"""
