"""TensorBoard's view holds a table for where it cannot be reached."""

from tests.training.parts import write_logs
from utils.training import views
from utils.training.board import Board


def test_the_last_epoch_of_each_run(tmp_path):
    write_logs(tmp_path, {"train": [0.5, 0.75], "validation": [0.5]})
    view = views.tensorboard(Board(6006, {"</script>first": tmp_path}))
    html, text = view.html(), view.text()
    assert 'data-port="6006"' in html
    assert "</script>first" not in html
    assert "0.75000" in html
    assert "0.75000" in text
    assert "run the cell above" in html
    assert view._repr_mimebundle_() == {"text/html": html, "text/plain": text}
