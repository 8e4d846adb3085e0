"""Statistics of data that are too large for one machine: the same call on Google Cloud Dataflow.

Nothing here talks to the cloud: the flags are checked by Apache Beam's own parser and by what Dataflow asks for.

Source: book, chapter 4, "Processing large datasets with GCP"; https://cloud.google.com/dataflow/docs
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_NEEDED = {
    "project": "the Google Cloud project that pays",
    "region": "where the workers run",
    "temp_location": "a folder in a bucket for what is in between",
}
_PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")


def problems(flags: Sequence[str]) -> list[str]:
    """Return what Dataflow would refuse.

    Args:
        flags: The flags of a pipeline.

    Returns:
        A sentence for each problem; none where the job could be sent.
    """
    from apache_beam.options.pipeline_options import GoogleCloudOptions, PipelineOptions

    options = PipelineOptions(list(flags))
    known = set(options.get_all_options())
    found = [
        f"Beam does not know {flag}: look at its spelling."
        for flag in flags
        if flag.startswith("--") and flag[2:].partition("=")[0] not in known
    ]
    cloud = options.view_as(GoogleCloudOptions)
    for name, meaning in _NEEDED.items():
        if not getattr(cloud, name):
            found.append(f"--{name} is missing: {meaning}.")
    for name in ("temp_location", "staging_location"):
        place = getattr(cloud, name)
        if place and not re.fullmatch(r"gs://[a-z0-9][a-z0-9._-]+/\S+", place):
            found.append(
                f"--{name} is {place!r}: the workers can reach buckets only, gs://bucket/folder."
            )
    if cloud.project and not _PROJECT.fullmatch(cloud.project):
        found.append(
            f"--project is {cloud.project!r}: give the project's id, in lower case, and not its title."
        )
    return found
