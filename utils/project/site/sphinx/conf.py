"""Sphinx's configuration. ``make site`` copies this folder and writes ``site.json`` beside it."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

SITE = json.loads((Path(__file__).parent / "site.json").read_text("utf-8"))

project = "The TFX workbook"
author = "The TFX workbook"
copyright = "the authors of the TFX workbook. Apache License 2.0"
language = "en"
extensions = ["myst_nb", "sphinx.ext.githubpages", "sections"]
exclude_patterns = ["static", "templates"]
suppress_warnings = ["myst.header", "misc.highlighting_failure", "mystnb.unknown_mime_type"]

nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, dict[str, str]] = {}
nb_merge_streams = True
nb_number_source_lines = False
myst_heading_anchors = 3
myst_links_external_new_tab = False

templates_path = ["templates"]
html_title = project
html_theme = "pydata_sphinx_theme"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_search_summary = False  # summaries are fetched, and a page in a folder may fetch nothing
html_context = {"default_mode": "auto", "parts": SITE["parts"]}
html_sidebars = {"**": ["chapters.html"], "index": []}
html_theme_options = {
    "navbar_center": [],
    "navbar_persistent": ["search-button-field"],
    "navbar_end": ["theme-switcher", "navbar-icon-links"],
    "icon_links": [{"name": "Source", "url": SITE["address"], "icon": "fa-brands fa-github"}],
    "footer_start": ["copyright"],
    "footer_center": [],
    "footer_end": ["notices.html"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 1,
    "back_to_top_button": True,
    "navigation_with_keys": False,
}
