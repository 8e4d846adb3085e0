"""Beam in a notebook asks the web for nothing while the displays are enabled."""

from __future__ import annotations

from IPython.utils.capture import capture_output

from utils import displays


def test_no_script_is_loaded_from_a_server() -> None:
    displays.enable()
    from apache_beam.runners.interactive import interactive_environment

    try:
        with capture_output() as shown:
            interactive_environment.InteractiveEnvironment().load_jquery_with_datatable()
    finally:
        displays.disable()
    assert not shown.outputs
    assert interactive_environment.InteractiveEnvironment.__name__ == "InteractiveEnvironment"
