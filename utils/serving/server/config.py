"""Which models are to be served: a configuration in TensorFlow Serving's own message.

Source: https://www.tensorflow.org/tfx/serving/serving_config
"""

from __future__ import annotations

import re
from typing import Any

from tensorflow_serving.config import model_server_config_pb2

from utils.serving.server import protos
from utils.serving.server.flags import Flags
from utils.serving.server.status import invalid

PLATFORM = "tensorflow"
"""The one platform that a configuration may name."""


def read(flags: Flags) -> Any:
    """Return the configuration that the flags name.

    Args:
        flags: A configuration file, or the name and the folder of one model.

    Returns:
        A ``ModelServerConfig`` message.

    Raises:
        StatusError: If there is no such file, or the flags name neither.
    """
    config = model_server_config_pb2.ModelServerConfig()
    if flags.model_config_file:
        return protos.read(flags.model_config_file, config)
    if not flags.model_base_path:
        raise invalid("Both model_base_path and model_config_file are empty!")
    config.model_config_list.config.add(
        name=flags.model_name, base_path=flags.model_base_path, model_platform=PLATFORM
    )
    return config


def validate(config: Any) -> None:
    """Check that a configuration makes sense.

    Args:
        config: A ``ModelServerConfig`` message with a list of models.

    Raises:
        StatusError: If a model is listed twice, has a relative path, or is of another platform.
    """
    seen: set[str] = set()
    for model in config.model_config_list.config:
        if model.name in seen:
            raise invalid(f"Illegal to list model {model.name} multiple times in config list")
        seen.add(model.name)
        if not re.match(r"/|\w+://", model.base_path):
            raise invalid(
                f"Expected model {model.name} to have an absolute path or URI; got base_path()={model.base_path}"
            )
        platform = model.model_platform or (PLATFORM if model.model_type == 1 else "")
        if not platform:
            raise invalid(
                "Illegal setting neither ModelServerConfig::model_type (deprecated) nor "
                f"ModelServerConfig::model_platform, model name is {model.name}"
            )
        if platform != PLATFORM:
            raise invalid(f"Model {model.name} requests unsupported platform {platform}")
