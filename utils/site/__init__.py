"""``make site``: a site to look at, from the notebooks that ``make run`` has executed.

Sphinx with MyST-NB makes it, in the side environment ``site``; nothing is executed. :mod:`~utils.site.chapters` reads
what a chapter teaches, :mod:`~utils.site.source` lays out what Sphinx reads, :mod:`~utils.site.thumbnails` takes the
pictures of the cover, :mod:`~utils.site.check` looks for pages that are too large or that would ask the web for
something, and :mod:`~utils.site.build` does all of it in order.
"""
