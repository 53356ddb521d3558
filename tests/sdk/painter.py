"""The official Python client of fal: pictures, words about them, and what is refused."""

import json
import struct
import urllib.request

import fal_client.client
from fal_client import Completed, InProgress, Queued, SyncClient
from fal_client.client import FalClientHTTPError

from world import PATIENCE_SECONDS, show

SEED = 18446744073709551557
TRIGGER = "ANNA7"


def prove(world):
    # Where it is reached is all that the client is told.
    home = fal_client.client
    home.QUEUE_URL_FORMAT = f"{world.origin}/"
    home.RUN_URL_FORMAT = f"{world.origin}/"
    home.REST_URL = home.CDN_URL = world.origin
    client = SyncClient(key="sandbox:0123")
    weights = client.upload(lora(), "application/octet-stream", "anna.safetensors")
    picture = pictures(client, weights)
    over(client, picture)
    words(client, picture)
    refusals(client)
    trouble(world, client)


def lora():
    """A safetensors file of one tensor, that says whom it shows."""
    header = {
        "__metadata__": {"trigger_word": TRIGGER},
        "a.weight": {"dtype": "F16", "shape": [4], "data_offsets": [0, 8]},
    }
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(8)


def run(client, endpoint, arguments):
    """The result, and the kinds of events on the way to it."""
    handle = client.submit(endpoint, arguments)
    events = list(handle.iter_events(with_logs=True, interval=0.2))
    kinds = [type(it) for it in events]
    assert kinds == sorted(kinds, key=[Queued, InProgress, Completed].index), kinds
    assert kinds[-1] is Completed and events[-1].error is None
    lines = [it["message"] for it in events[-1].logs]
    return handle.get(), list(dict.fromkeys(it.__name__ for it in kinds)), lines


def fetch(url):
    with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:
        return answer.headers["Content-Type"], answer.read()


def pictures(client, weights):
    asked = {
        "prompt": f"{TRIGGER} на улице, қыс",
        "loras": [{"path": weights, "scale": 0.9}],
        "image_size": {"width": 640, "height": 512},
        "num_images": 2,
        "seed": SEED,
    }
    result, kinds, lines = run(client, "fal-ai/flux-lora", asked)
    show("pictures", *kinds, lines[0], lines[-1].split("|")[0].strip())
    assert (result["seed"], result["prompt"]) == (SEED, asked["prompt"])
    assert result["has_nsfw_concepts"] == [False, False]
    assert lines[0] == f"Weights of {TRIGGER} loaded" and lines[-1].startswith("100%")
    files = []
    for number, image in enumerate(result["images"]):
        assert (image["width"], image["height"]) == (640, 512)
        content_type, file = fetch(image["url"])
        assert content_type == image["content_type"] == "image/jpeg"
        assert f"seed={SEED + number} avatar={TRIGGER}".encode() in file
        assert asked["prompt"].encode() in file
        files.append(file)
    assert files[0] != files[1]
    show("fetched", *[len(it) for it in files])
    return result["images"][0]["url"]


def over(client, picture):
    asked = {"prompt": "a watercolour", "image_url": picture, "output_format": "png"}
    handle = client.submit("fal-ai/flux-lora/image-to-image", asked)
    image = handle.get()["images"][0]
    content_type, file = fetch(image["url"])
    show("over a picture", image["width"], image["height"], content_type)
    assert file.startswith(b"\x89PNG") and content_type == "image/png"
    asked = {"prompt": "p", "finetune_id": "old", "finetune_strength": 1, "aspect_ratio": "1:1"}
    image = client.subscribe("fal-ai/flux-pro/v1.1-ultra-finetuned", asked)["images"][0]
    show("of a finetune", image["width"], image["height"])


def words(client, picture):
    caption = "fal-ai/florence-2-large/more-detailed-caption"
    result, kinds, _ = run(client, caption, {"image_url": picture})
    show("caption", *kinds, result["results"][:60])
    assert "640 by 512" in result["results"]
    asked = {"prompt": "Describe it.", "model": "google/gemini-2.5-flash", "image_urls": [picture]}
    result, kinds, _ = run(client, "openrouter/router/vision", asked)
    show("seen", *kinds, result["usage"]["total_tokens"])
    assert "640 by 512" in result["output"]
    asked = {
        "prompt": "девушка в лесу",
        "model": "google/gemini-2.5-flash",
        "system_prompt": 'Translate and improve. Answer with JSON: {"prompt": "..."}',
    }
    output = client.subscribe("openrouter/router/vision", asked)["output"]
    said = json.loads(output.removeprefix("```json\n").removesuffix("\n```"))
    show("put better", said["prompt"])
    assert said["prompt"].startswith("devushka v lesu, ")
    judged = client.subscribe("fal-ai/imageutils/nsfw", {"image_url": picture})
    assert judged["nsfw_probability"] < 0.5


def refused(deed, code):
    """What a refusal with this code says."""
    try:
        deed()
    except FalClientHTTPError as error:
        assert error.status_code == code, error
        return error.response.json()["detail"]
    raise AssertionError(f"{code} was expected")


def refusals(client):
    flux = "fal-ai/flux-lora"
    told = refused(lambda: client.submit(flux, {"num_images": 5}), 422)
    show("refused", *[(it["loc"][-1], it["type"]) for it in told])
    assert [it["type"] for it in told] == ["missing", "less_than_equal"]
    gone = {"prompt": "p", "loras": [{"path": "http://127.0.0.1:1/gone.safetensors"}]}
    told = refused(lambda: client.submit(flux, gone).get(), 422)
    assert told[0]["type"] == "file_download_error"
    told = refused(lambda: client.submit(flux, {"prompt": "[refuse]"}).get(), 422)
    assert told[0]["type"] == "content_policy_violation"
    told = refused(lambda: client.submit(flux, {"prompt": "[fal empty]"}), 403)
    show("no money", told)


def trouble(world, client):
    # Once: the client asks again by itself when a proxy says 502.
    world.do("/sandbox/fal/faults", fault="502", endpoint="pictures")
    flagged = {"prompt": "[unsafe 1]", "num_images": 2, "image_size": "square"}
    result = client.subscribe("fal-ai/flux-lora", flagged)
    show("flagged", *result["has_nsfw_concepts"])
    assert result["has_nsfw_concepts"] == [True, False]
    handle = client.submit("fal-ai/flux-lora", {"prompt": "[never]"})
    events = handle.iter_events(interval=0.1)
    while not isinstance(next(events), InProgress):
        pass
    handle.cancel()
    last = list(events)[-1]
    show("cancelled", last.error_type)
    assert last.error_type == "client_cancelled"
