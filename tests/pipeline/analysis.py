"""Six complaints run through the real Transform, for the tests of preprocessing and of the model."""

from __future__ import annotations

import tensorflow as tf
import tensorflow_transform as tft
import tensorflow_transform.beam as tft_beam
from tensorflow_transform.tf_metadata import dataset_metadata, metadata_io, schema_utils

from utils.pipeline.config import Features
from utils.pipeline.modules import features, transform

SMALL = Features(
    categorical=("product", "state"),
    min_count=2,
    text_terms=4,
    min_texts=2,
    terms_per_text=3,
)

ROWS = [
    {"product": "Mortgage", "zip_code": "331XX", "text": "resolved quickly", "label": 0},
    {"product": "Mortgage", "zip_code": "33101", "text": "Resolved. RESOLVED resolved", "label": 0},
    {"product": "Mortgage", "zip_code": "021XX", "text": "supervisor hung up", "label": 1},
    {"product": "Loan", "zip_code": "2139", "text": "supervisor", "label": 1},
    {"product": "Loan", "text": "", "label": 0},
    {"product": "Rare", "zip_code": "99999", "label": 0},
]


def analyze(rows, specification, folder):
    names = {
        "text": "consumer_complaint_narrative",
        "label": features.LABEL,
    }
    spec = {
        names.get(name, name): tf.io.VarLenFeature(tf.int64 if name == "label" else tf.string)
        for name in ("product", "state", "zip_code", "text", "label")
    }
    data = [
        {
            key: [row[name]] if row.get(name) not in (None, "") else []
            for name, key in zip(
                ("product", "state", "zip_code", "text", "label"), spec, strict=True
            )
        }
        for row in rows
    ]
    metadata = dataset_metadata.DatasetMetadata(schema_utils.schema_from_feature_spec(spec))

    def preprocess(inputs):
        return transform.preprocessing_fn(inputs, {"features": specification.as_dict()})

    with tft_beam.Context(temp_dir=str(folder / "temp")):
        (transformed, _), function = (data, metadata) | tft_beam.AnalyzeAndTransformDataset(
            preprocess
        )
        _ = function | tft_beam.WriteTransformFn(str(folder / "out"))
    metadata_io.write_metadata(metadata, str(folder / "out" / "metadata"))
    return data, transformed, tft.TFTransformOutput(str(folder / "out"))
