"""The official Python client of Replicate: a model, a training, pictures, files and webhooks."""

import base64
import io
import json
import struct
import tarfile
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue

import httpx
from replicate.client import Client
from replicate.exceptions import ModelError, ReplicateError
from replicate.webhook import Webhooks, WebhookSigningSecret

from world import PATIENCE_SECONDS, show

PHOTO = Path(__file__).parents[2] / "crates/sandbox/tests/it/fal/tiny.jpg"
TRAINING_SECONDS_MAX = 90
TRIGGER = "ANNA7"
OVER = ("succeeded", "failed", "canceled", "aborted")


class Hook:
    """Somebody who is told, with all that a signature needs."""

    def __enter__(self):
        self.told = told = Queue()

        class Told(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told.put((dict(self.headers), body.decode()))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/told?job=1"
        return self

    def __exit__(self, *_):
        self.server.shutdown()

    def until(self, run_id, secret):
        """The states that are told of a run, to its end; all of them truly signed."""
        states = []
        while not states or states[-1] not in OVER:
            headers, body = self.told.get(timeout=PATIENCE_SECONDS)
            Webhooks.validate(headers=headers, body=body, secret=secret, tolerance=300)
            told = json.loads(body)
            if told["id"] == run_id:
                states.append(told["status"])
        return states


def prove(world):
    signatures()
    client = Client(api_token="r8_sandbox", base_url=f"{world.origin}/replicate")
    owner = client.accounts.current().username
    skus = [it.sku for it in client.hardware.list()]
    show("account", owner, *skus)
    assert "gpu-h100" in skus
    model = own_model(client, owner)
    with Hook() as hook:
        training = begin_training(client, model, hook)
        files(client)
        refusals(client)
        version = finish_training(client, training, hook)
        weights = training.output["weights"]
        lora(weights)
        pictures(client, hook, weights, version, model)
        listed = client.trainings.list()
        show("listed", *((it.id[:8], it.status) for it in listed))
        assert [it.status for it in listed] == ["canceled", "succeeded"]
        assert listed[1].id == training.id


def signatures():
    """The vectors of the reference: the client that made them agrees with itself."""
    secret = WebhookSigningSecret(key="whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3")
    right = "v1,AyeJ5UIgUN8DAYllZO7ykdq3AV7zbnC+AZ8UCzC3vBk="
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1760000000",
        "webhook-signature": f"v1,AAAA {right}",
    }
    body = '{"id":"trn1","status":"succeeded"}'
    Webhooks.validate(headers=headers, body=body, secret=secret)


def own_model(client, owner):
    made = client.models.create(owner, "avatars", visibility="private", hardware="gpu-l40s")
    found = client.models.get(f"{owner}/avatars")
    assert (made.id, found.visibility, found.latest_version) == (found.id, "private", None)
    again = expect(
        409,
        lambda: client.models.create(
            owner, "avatars", visibility="private", hardware="gpu-l40s"
        ),
    )
    show("model", found.id, found.visibility, again)
    return found


def expect(status, deed):
    """The refusal that must come, in its own words."""
    try:
        deed()
    except ReplicateError as refused:
        assert refused.status == status, refused
        return refused.detail
    raise AssertionError(f"{status} was expected")


def archive():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as photos:
        for number in range(12):
            photos.writestr(f"{number:03}.jpg", PHOTO.read_bytes())
    packed.seek(0)
    packed.name = "photos.zip"
    return packed


def begin_training(client, model, hook):
    trainer = client.models.get("ostris/flux-dev-lora-trainer")
    version = trainer.latest_version
    steps = version.openapi_schema["components"]["schemas"]["TrainingInput"]["properties"]["steps"]
    assert (steps["minimum"], steps["maximum"]) == (3, 6000)
    training = client.trainings.create(
        model=trainer,
        version=version,
        # The client uploads what is a file.
        input={"input_images": archive(), "trigger_word": TRIGGER, "steps": 1000},
        destination=model,
        webhook=hook.url,
        webhook_events_filter=["start", "completed"],
    )
    show("training", training.id, training.status, training.urls["get"][-36:])
    assert training.status in ("starting", "processing")
    assert client.predictions.get(training.id).id == training.id
    return training


def finish_training(client, training, hook):
    until, logged = time.monotonic() + TRAINING_SECONDS_MAX, 0
    while training.status not in OVER:
        assert time.monotonic() < until, training
        time.sleep(client.poll_interval)
        training.reload()
        assert logged <= len(training.logs)
        logged = len(training.logs)
    last = training.logs.strip().splitlines()[-1]
    show("trained", training.status, training.output["version"][:32], last)
    assert training.status == "succeeded" and "1000/1000" in last
    secret = client.webhooks.default.secret()
    assert hook.until(training.id, secret) == ["processing", "succeeded"]
    version = training.output["version"].split(":")[1]
    latest = client.models.get(training.destination or training.output["version"].split(":")[0])
    assert latest.latest_version.id == version
    return version


def lora(url):
    """The weights are in the archive, and know their trigger word."""
    packed = tarfile.open(fileobj=io.BytesIO(httpx.get(url).raise_for_status().content))
    names = packed.getnames()
    file = packed.extractfile("output/flux_train_replicate/lora.safetensors").read()
    (length,) = struct.unpack("<Q", file[:8])
    header = json.loads(file[8 : 8 + length])
    metadata = header.pop("__metadata__")
    ends = [it["data_offsets"][1] for it in header.values()]
    show("weights", len(names), "files", len(file), "bytes", metadata["trigger_word"])
    assert metadata["trigger_word"] == TRIGGER
    assert 8 + length + max(ends) == len(file)
    assert sum("captions/" in it for it in names) == 12


def pictures(client, hook, weights, version, model):
    flux = "black-forest-labs/flux-dev-lora"
    asked = {
        "prompt": f"{TRIGGER} at the sea",
        "lora_weights": weights,
        "aspect_ratio": "3:4",
        "num_outputs": 2,
        "seed": 7,
        "output_format": "png",
    }
    urls = client.run(flux, input=asked)
    files = [client._client.get(str(it)).raise_for_status().content for it in urls]
    sizes = [struct.unpack(">II", it[16:24]) for it in files]
    show("pictures", *sizes, *(len(it) for it in files))
    assert sizes == [(896, 1152)] * 2 and files[0] != files[1]
    assert f"avatar={TRIGGER}".encode() in files[0] and b"seed=7 " in files[0]

    for reference in [f"{model.id}:{version}", version]:
        made = client.predictions.create(
            version=reference,
            input={"prompt": TRIGGER},
            webhook=hook.url,
            webhook_events_filter=["completed"],
        )
        made.wait()
        (url,) = made.output
        file = client._client.get(url).raise_for_status().content
        assert (file[:4], file[8:12]) == (b"RIFF", b"WEBP")
        assert hook.until(made.id, client.webhooks.default.secret()) == ["succeeded"]
    try:
        client.run(flux, input={"prompt": "[unsafe]"})
        raise AssertionError("it may not be shown")
    except ModelError as failed:
        show("unsafe", failed.prediction.status, failed)
        assert "NSFW" in str(failed)
    made = client.models.predictions.create(flux, input={"prompt": "[slow]"})
    made.cancel()
    made.wait()
    assert made.status == "canceled"
    assert len(client.predictions.list()) == 5


def files(client):
    kept = client.files.create(io.BytesIO(b"a file"), filename="a.txt", metadata={"of": "a"})
    found = client.files.get(kept.id)
    show("file", found.name, found.content_type, found.size, found.checksums["sha256"][:12])
    assert (found.name, found.content_type, found.size) == ("a.txt", "text/plain", 6)
    assert found.metadata == {"of": "a"}
    assert kept.id in [it.id for it in client.files.list()]
    assert client.files.delete(kept.id)
    expect(404, lambda: client.files.get(kept.id))


def refusals(client):
    flux = "black-forest-labs/flux-dev-lora"
    expect(404, lambda: client.models.get("atelier/nobody"))
    told = expect(422, lambda: client.run(flux, input={"prompt": "a", "num_outputs": 5}))
    show("refused", told.strip())
    assert "Must be less than or equal to 4" in told
    expect(402, lambda: client.run(flux, input={"prompt": "[replicate empty]"}))
    expect(429, lambda: client.run(flux, input={"prompt": "[replicate busy]"}))
    expect(503, lambda: client.run(flux, input={"prompt": "[replicate down]"}))
    stranger = Client(api_token="revoked", base_url=client._base_url)
    expect(401, stranger.accounts.current)
    inline = "data:application/zip;base64," + base64.b64encode(b"no zip").decode()
    given_up = client.trainings.create(
        model="ostris/flux-dev-lora-trainer",
        version=client.models.get("ostris/flux-dev-lora-trainer").latest_version.id,
        input={"input_images": inline},
        destination="atelier/avatars",
    )
    given_up.cancel()
