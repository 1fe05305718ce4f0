"""The report for people: self-contained HTML pages, and the same in plain Markdown."""
