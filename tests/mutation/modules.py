"""The modules that are mutated, each with the tests that have to notice."""

from __future__ import annotations

MODULES: dict[str, tuple[str, ...]] = {
    "utils/intervals.py": ("tests/test_intervals.py",),
    "utils/analysis/metrics.py": ("tests/analysis/test_metrics.py",),
    "utils/analysis/groups.py": ("tests/analysis/test_groups.py",),
    "utils/training/uncertainty.py": ("tests/training/test_uncertainty.py",),
    "utils/validation/distances.py": ("tests/validation/test_distances.py",),
    "utils/validation/noise.py": ("tests/validation/test_noise.py",),
    "utils/validation/rules.py": ("tests/validation/test_rules.py",),
    "utils/complaints/readers.py": ("tests/complaints/test_readers.py",),
    "utils/complaints/csvio.py": ("tests/complaints/test_csvio.py",),
    "utils/serving/ramp.py": ("tests/serving/test_ramp.py",),
    "utils/serving/server/batching.py": ("tests/serving/server/test_batching.py",),
    "utils/serving/server/versions.py": ("tests/serving/server/test_versions.py",),
    "utils/exporting/requirements.py": ("tests/exporting/test_requirements.py",),
    "utils/lineage/steps.py": ("tests/lineage/test_steps.py",),
    "utils/feedback/triggers.py": ("tests/feedback/test_triggers.py",),
}
"""By module its tests: those of the mirrored folder, as ``make test`` runs them."""

SENTENCES: dict[str, tuple[str, ...]] = {
    "utils/complaints/readers.py": ("not_csv", "_wrong_start", "_explain", "_misfit"),
}
"""By module its functions whose business is a sentence for the reader, whose wording no test has to repeat."""

DRAWN = 60
"""At most so many mutants of a module are tested, drawn by :data:`SEED`."""

APART = {
    "utils/validation/distances.py": 24,
    "utils/validation/rules.py": 24,
    "utils/serving/server/batching.py": 24,
    "utils/serving/server/versions.py": 24,
    "utils/lineage/steps.py": 24,
}
"""At most so many of modules whose tests run TensorFlow. It may hang in a process that was forked after its import, as
mutmut does, so each of these mutants has a process of its own, which takes as long as that import."""

SEED = 15
"""The seed of the draws; the same modules give the same mutants."""
