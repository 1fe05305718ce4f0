"""What ablate costs in time: its training against three peers, and the workflow around it.

`python -m benchmarks --help`, with this folder's parent on PYTHONPATH, or `make bench`.
"""
