from __future__ import annotations

import dataclasses
import hashlib

import pytest

from utils.displays import assets


@pytest.mark.parametrize("asset", [assets.TFMA, assets.WHAT_IF])
def test_the_installed_wheel_has_the_pinned_file(asset: assets.Asset) -> None:
    text = assets.read(asset)
    assert hashlib.sha256(text.encode("utf-8")).hexdigest() == asset.sha256


def test_another_version_gives_one_clear_error() -> None:
    other = dataclasses.replace(assets.TFMA, sha256="0" * 64)
    with pytest.raises(assets.AssetError, match=r"is not the file.*install tensorflow-model-an"):
        assets.read(other)


def test_a_missing_package_names_what_to_install() -> None:
    missing = dataclasses.replace(assets.TFMA, package="no_such_package_at_all")
    with pytest.raises(assets.AssetError, match=r"not installed.*install"):
        assets.read(missing)


def test_a_missing_file_names_what_to_install() -> None:
    missing = dataclasses.replace(assets.TFMA, path="static/none.js")
    with pytest.raises(assets.AssetError, match=r"without static/none\.js"):
        assets.read(missing)


def test_cut_takes_one_stretch_away() -> None:
    assert assets.cut("a[b]c", "[", "]") == "ac"
    assert assets.cut("a[b]c", "[", "]", keep_end=True) == "a]c"


@pytest.mark.parametrize("text", ["abc", "a[b[c]", "a[b"])
def test_cut_refuses_what_it_cannot_find_once(text: str) -> None:
    with pytest.raises(assets.AssetError, match="marker"):
        assets.cut(text, "[", "]")
