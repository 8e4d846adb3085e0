from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from utils import paths
from utils.complaints import sources
from utils.complaints.errors import ComplaintsError


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(paths.DATA / "complaints"))
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()
    thread.join()


def test_the_address_of_an_export() -> None:
    url = urlsplit(
        sources.api_url(
            size=500,
            first=1_000,
            date_min="2023-06-01",
            date_max="2023-06-30",
            product="Debt collection",
            state="CA",
            has_narrative=True,
        )
    )
    assert f"{url.scheme}://{url.netloc}{url.path}" == sources.ADDRESSES["api"]
    assert parse_qs(url.query) == {
        "format": ["csv"],
        "no_aggs": ["true"],
        "size": ["500"],
        "frm": ["1000"],
        "date_received_min": ["2023-06-01"],
        "date_received_max": ["2023-06-30"],
        "product": ["Debt collection"],
        "state": ["CA"],
        "has_narrative": ["true"],
    }


def test_exports_beyond_the_limit_and_bad_dates_are_refused() -> None:
    with pytest.raises(ComplaintsError, match=r"1 to 100,000 rows at a time, not 100,001"):
        sources.api_url(size=100_001)
    for date in ("6/30/2023", "20230630", "2023-W26-5", "2023-06-31"):
        with pytest.raises(ComplaintsError, match=f"date_max='{date}' is not a date"):
            sources.api_url(date_max=date)


def test_fetched_complaints_are_converted(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path))
    fetched = sources.fetch("book", url=f"{address}/S1.csv", progress=False)
    assert fetched.path == tmp_path / "downloads" / "book.csv"
    labels = sources.require_labels(fetched.path)
    result = sources.convert(fetched.path, tmp_path / "out.csv")
    assert result.rows == labels.labelled == 2_000
    assert (tmp_path / "out.csv").read_bytes() == fetched.path.read_bytes()
    drift = sources.fetch("api", tmp_path / "S5.csv", url=f"{address}/S5.csv", progress=False)
    with pytest.raises(ComplaintsError, match="None of the 2,000 rows"):
        sources.require_labels(drift.path)


def test_unknown_sources_are_refused() -> None:
    with pytest.raises(ComplaintsError, match="no source 'kaggle'; use one of book, bulk, api"):
        sources.fetch("kaggle")


def test_addresses_are_those_of_the_book_and_the_cfpb() -> None:
    assert sources.ADDRESSES["book"] == "http://bit.ly/building-ml-pipelines-dataset"
    hosts = {urlsplit(sources.ADDRESSES[name]).hostname for name in ("bulk", "api")}
    assert hosts == {"files.consumerfinance.gov", "www.consumerfinance.gov"}
