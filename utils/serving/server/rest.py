"""TensorFlow Serving's REST interface, and the page for Prometheus.

Source: https://www.tensorflow.org/tfx/serving/api_rest
"""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiohttp import web
from google.protobuf import json_format
from tensorflow_serving.apis import get_model_metadata_pb2, get_model_status_pb2

from utils.serving.server import (
    inference,
    json_examples,
    json_requests,
    json_responses,
    metrics,
    status,
)
from utils.serving.server.core import Core
from utils.serving.server.flags import Flags
from utils.serving.server.grpc_services import model_status
from utils.serving.server.routes import Target
from utils.serving.server.status import Code, StatusError, invalid

LARGEST_BODY = 64 * 2**20
"""How many bytes a request may have."""

_JSON = {"Content-Type": "application/json"}

_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, GET",
    "Access-Control-Allow-Headers": "Content-Type",
}

_DEFAULTS = next(
    name
    for name in ("always_print_fields_with_no_presence", "including_default_value_fields")
    if name in inspect.signature(json_format.MessageToDict).parameters
)
"""What protobuf calls the wish to see fields that have their default, before its version 5 and since."""

_GRACE_SECONDS = 5.0


class RestServer:
    """The REST interface, in a thread of its own."""

    def __init__(self, core: Core, flags: Flags, metrics_path: str | None) -> None:
        """Start to listen.

        Args:
            core: The models.
            flags: Where to listen, with how many threads, and how long a request may take.
            metrics_path: The path of the page for Prometheus; None for no page.

        Raises:
            StatusError: If the port is not to be had.
        """
        self._core = core
        self._flags = flags
        self._workers = ThreadPoolExecutor(max(flags.rest_api_num_threads, 1), "rest")
        app = web.Application(client_max_size=LARGEST_BODY)
        if metrics_path is not None:
            app.router.add_get(metrics_path, self._page)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=_GRACE_SECONDS
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="rest", daemon=True)
        self._thread.start()
        try:
            self._wait(self._listen())
        except (OSError, OverflowError) as error:
            self.close()
            place = f"{flags.host}:{flags.rest_api_port}"
            why = getattr(error, "strerror", error)
            raise StatusError(Code.UNAVAILABLE, f"{place}: {why}") from error

    def close(self) -> None:
        """Stop to listen, once the requests that are worked on have ended."""
        self._wait(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._workers.shutdown()

    def _wait(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _listen(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._flags.host, self._flags.rest_api_port)
        await site.start()

    async def _page(self, request: web.Request) -> web.Response:
        return web.Response(text=self._core.metrics.page(), content_type="text/plain")

    async def _answer(self, request: web.Request) -> web.Response:
        start, path = time.perf_counter(), request.rel_url.raw_path
        if not path.lower().startswith("/v1/"):
            return web.Response(status=404)
        target, code, text = Target(), Code.OK, ""
        try:
            target = Target.parse(request.method, path)
            if request.method == "OPTIONS":
                _check_origin(request)
            else:
                body = await _body(request)
                text = await self._in_time(lambda: self._work(request.method, path, target, body))
        except web.HTTPRequestEntityTooLarge:
            return web.json_response(
                {"error": f"The body is larger than {LARGEST_BODY} bytes."}, status=413
            )
        except StatusError as error:
            code, text = (
                error.code,
                json.dumps({"error": error.message}, indent=4, ensure_ascii=False),
            )
        counted = self._core.metrics
        counted.count_request(target.name, code.name)
        if code is Code.OK:
            latency = counted.request_latency.labels(target.name, target.method, "REST")
            latency.observe(metrics.micros(start))
        return web.Response(
            body=text.encode("utf-8", "replace"),
            status=status.HTTP.get(code, 500),
            headers=_JSON | (_CORS if self._flags.rest_api_enable_cors_support else {}),
        )

    async def _in_time(self, work: Callable[[], str]) -> str:
        running = self._loop.run_in_executor(self._workers, work)
        milliseconds = self._flags.rest_api_timeout_in_ms
        try:
            return await asyncio.wait_for(running, milliseconds / 1e3 if milliseconds > 0 else None)
        except (TimeoutError, asyncio.TimeoutError) as error:
            raise StatusError(
                Code.DEADLINE_EXCEEDED, "Timed out waiting for the model to answer"
            ) from error
        except Exception as raised:
            raise status.of(raised) from raised

    def _work(self, method: str, path: str, target: Target, body: bytes) -> str:
        if not target.is_known:
            raise invalid(f"Malformed request: {method} {path}")
        if method == "GET":
            if not target.name:
                raise invalid("Missing model name in request.")
            return self._metadata(target) if target.metadata else self._status(target)
        document = json_requests.parse(body)
        signature_name = json_requests.signature_name(document)
        if target.method == "predict":
            return self._predict(target, document, signature_name)
        given = json_examples.parse_input(document)
        engine = self._core.engine
        with self._core.use(target.spec()) as (_, model):
            if target.method == "classify":
                result = engine.classify(target.name, model, signature_name, given)
                return json_examples.classification_response(result)
            result = engine.regress(target.name, model, signature_name, given)
            return json_examples.regression_response(result)

    def _predict(self, target: Target, document: dict[str, Any], signature_name: str) -> str:
        with self._core.use(target.spec()) as (_, model):
            key = signature_name or inference.DEFAULT
            if key not in model.signatures:
                raise invalid(f'Serving signature name: "{key}" not found in signature def')
            infos = model.signatures[key].inputs
            if not infos:
                raise invalid(f"Failed to get input map for signature: {key}")
            inputs, in_rows = json_requests.predict_inputs(document, infos)
            outputs = self._core.engine.predict(target.name, model, key, inputs)
        return json_responses.predict_response(outputs, in_rows)

    def _status(self, target: Target) -> str:
        request = get_model_status_pb2.GetModelStatusRequest(model_spec=target.spec())
        return json.dumps(_fields(model_status(self._core, request)), indent=1, ensure_ascii=False)

    def _metadata(self, target: Target) -> str:
        signatures = get_model_metadata_pb2.SignatureDefMap()
        with self._core.use(target.spec()) as (version, model):
            response = inference.metadata(version.name, version.number, model)
        response.metadata["signature_def"].Unpack(signatures)
        found = {
            "model_spec": _fields(response.model_spec),
            "metadata": {"signature_def": _fields(signatures)},
        }
        return json.dumps(found, indent=1, ensure_ascii=False)


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > LARGEST_BODY:
        raise web.HTTPRequestEntityTooLarge(LARGEST_BODY, request.content_length or 0)
    try:
        return await request.read()
    except web.RequestPayloadError as error:
        raise invalid(f"The body cannot be decoded: {error}") from error


def _check_origin(request: web.Request) -> None:
    if not re.search("https?://", request.headers.get("Origin", "")):
        raise StatusError(Code.FAILED_PRECONDITION, "Origin header is missing in CORS preflight")


def _fields(message: Any) -> dict[str, Any]:
    """Return all fields of a message by their names, those too that have their default."""
    return json_format.MessageToDict(message, preserving_proto_field_name=True, **{_DEFAULTS: True})
