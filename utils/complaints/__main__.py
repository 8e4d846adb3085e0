"""Make, measure, fetch and convert complaints: ``python -m utils.complaints --help``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from utils import paths
from utils.complaints.tables import SPANS
from utils.errors import WorkbookError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m utils.complaints", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    generate = commands.add_parser("generate", help="generate a clean span")
    generate.add_argument("--span", required=True, choices=SPANS)
    generate.add_argument("--rows", type=int, default=10_000)
    generate.add_argument("--out", type=Path, required=True)
    generate.add_argument(
        "--seed", type=int, default=None, help="default: the seed of all data here"
    )
    generate.add_argument(
        "--text-scale", type=float, default=1.0, help="1.0 to teach, 0.35 as real"
    )

    variant = commands.add_parser("variant", help="make a variant with defects from a clean span")
    variant.add_argument("--name", required=True)
    variant.add_argument("--rows", type=int, default=10_000)
    variant.add_argument("--out", type=Path, required=True, help="a file; for 'broken' a folder")

    committed = commands.add_parser("committed", help="make everything in data/ again")
    committed.add_argument("--out", type=Path, default=paths.DATA)

    card = commands.add_parser("card", help="measure the data and write the data card")
    card.add_argument("--out", type=Path, default=paths.DATA / "README.md")

    fetch = commands.add_parser("fetch", help="download real complaints")
    fetch.add_argument("source", choices=("book", "bulk", "api"))
    fetch.add_argument("--url", help="another address")
    fetch.add_argument("--out", type=Path)
    fetch.add_argument("--size", type=int, default=10_000, help="rows of an API export")
    fetch.add_argument("--date-min")
    fetch.add_argument("--date-max")
    fetch.add_argument("--product")
    fetch.add_argument("--state")
    fetch.add_argument("--has-narrative", action="store_true", default=None)

    convert = commands.add_parser("convert", help="convert a real file to the schema")
    convert.add_argument("source", type=Path)
    convert.add_argument("--out", type=Path, required=True)
    convert.add_argument("--encoding", default="utf-8")
    convert.add_argument("--allow-missing", nargs="*", default=[], metavar="COLUMN")
    convert.add_argument("--skip-duplicates", action="store_true")
    convert.add_argument("--require-labels", type=int, default=0, metavar="MINIMUM")
    return parser


def _committed(folder: Path) -> None:
    """Make the committed spans, the small variants, and the data card."""
    from utils.complaints import card, generator, variants

    for span in SPANS:
        generator.write(
            folder / "complaints" / f"{span}.csv", span, card.COMMITTED_ROWS, progress=True
        )
    for name in variants.VARIANTS:
        _variant(
            name,
            card.VARIANT_ROWS,
            folder / "variants" / (name if name == "broken" else f"{name}.csv"),
        )
    card.write(folder / "README.md", progress=True)


def _variant(name: str, rows: int, target: Path) -> None:
    """Make a variant from a span that is generated for it."""
    from utils.complaints import generator, variants

    span = variants.source(name)
    with tempfile.TemporaryDirectory() as folder:
        clean = generator.write(Path(folder) / "clean.csv", span, rows, progress=True)
        variants.make(name, clean, rows, target)


def _run(options: argparse.Namespace) -> None:
    if options.command == "generate":
        from utils.complaints import generator

        generator.write(
            options.out,
            options.span,
            options.rows,
            seed=generator.SEED if options.seed is None else options.seed,
            text_scale=options.text_scale,
            progress=True,
        )
    elif options.command == "variant":
        _variant(options.name, options.rows, options.out)
    elif options.command == "committed":
        _committed(options.out)
    elif options.command == "card":
        from utils.complaints import card

        card.write(options.out, progress=True)
    elif options.command == "fetch":
        from utils.complaints import sources

        url = options.url
        if options.source == "api" and not url:
            url = sources.api_url(
                size=options.size,
                date_min=options.date_min,
                date_max=options.date_max,
                product=options.product,
                state=options.state,
                has_narrative=options.has_narrative,
            )
        print(sources.fetch(options.source, options.out, url=url).path)
    else:
        from utils.complaints import sources

        if options.require_labels:
            sources.require_labels(
                options.source, minimum=options.require_labels, encoding=options.encoding
            )
        print(
            sources.convert(
                options.source,
                options.out,
                encoding=options.encoding,
                allow_missing=options.allow_missing,
                on_duplicate="skip" if options.skip_duplicates else "error",
                progress=True,
            )
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: The command line without the program's name; by default that of the process.

    Returns:
        0, or 1 after an error, which is printed as one sentence.
    """
    options = _parser().parse_args(arguments)
    try:
        _run(options)
    except WorkbookError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
