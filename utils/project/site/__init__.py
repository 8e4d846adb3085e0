"""``make site``: a site to look at, from the notebooks that ``make run`` has executed.

Sphinx with MyST-NB makes it, in the side environment ``site``; nothing is executed. In this package ``chapters`` reads
what a chapter teaches, ``source`` lays out what Sphinx reads, ``thumbnails`` takes the pictures of the cover, ``check``
looks for pages that are too large or that would ask the web for something, and ``build`` does all of it in order.
"""
