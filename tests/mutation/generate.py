"""What the side environment's own Python runs: write the mutants of the modules that the folder's settings name.

mutmut's command makes the mutants and tests all of them at once; between the two a sample is drawn here.
"""

from __future__ import annotations

from mutmut import __main__ as mutmut
from mutmut.mutation.trampoline import set_mutant_under_test

if __name__ == "__main__":
    set_mutant_under_test("mutant_generation")
    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.create_mutants(1)
