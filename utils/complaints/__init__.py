"""The example data: consumer complaints, generated or converted from real files.

Importing this package loads nothing but the standard library. The parts:

- :mod:`utils.complaints.schema`: the columns, the label, the key, and the headers that real files
use for them.
- :mod:`utils.complaints.generator`: the seeded generator; :mod:`~utils.complaints.narratives`
writes its texts.
- :mod:`utils.complaints.spans` and :mod:`~utils.complaints.variants`: clean spans and named
defects, made on first use.
- :mod:`utils.complaints.planted`: what is planted in the data, as constants with tolerances.
- :mod:`utils.complaints.card`: measures the data and writes the data card.
- :mod:`utils.complaints.sources`: the book's labelled file and live CFPB exports, downloaded and
converted.
"""
