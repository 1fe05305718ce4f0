"""What jobs are asked to make, as typed objects: planning fills them, steps read them.

One module a kind. What is recorded beside a product is `Asked.plain`.
"""
