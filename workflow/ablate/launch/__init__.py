"""Start-up once, not once a job: a process that has loaded torch and the rest, and forks for each.

`server` is that process; a build on one machine starts it and it ends with the build. `client` is
what a rule runs: it asks the server for a job, or where there is none does as if it were not asked.
"""
