"""The official Python client of ElevenLabs: voices in pages, speech, and what is refused."""

from elevenlabs import ElevenLabs, VoiceSettings
from elevenlabs.core.api_error import ApiError
from elevenlabs.errors import UnprocessableEntityError

from world import show

MODEL = "eleven_multilingual_v2"
TEXT = "Здравствуйте! Вот что мы продаём."


def prove(world):
    home = f"{world.origin}/elevenlabs"
    client = ElevenLabs(base_url=home, api_key="sandbox")
    everybody = voices(client)
    speech(client, everybody[0].voice_id)
    account(client)
    refusals(world, client, home, everybody[1].voice_id)


def voices(client):
    found, token, pages = [], None, 0
    while True:
        page = client.voices.search(page_size=10, next_page_token=token)
        found += page.voices
        pages += 1
        if not page.has_more:
            break
        token = page.next_page_token
    assert len(found) == page.total_count == len({it.voice_id for it in found})
    assert [it.voice_id for it in client.voices.get_all().voices] == [it.voice_id for it in found]
    assert client.voices.get(found[3].voice_id).name == found[3].name
    assert all(it.preview_url.endswith(".mp3") and it.labels["gender"] for it in found)
    women = client.voices.search(page_size=100, gender="female", language=["ru"]).voices
    assert 0 < len(women) < len(found)
    show("voices", f"{len(found)} in {pages} pages")
    return found


def speech(client, voice):
    raw = client.text_to_speech.with_raw_response
    settings = VoiceSettings(stability=0.5, similarity_boost=0.75, speed=1.1)
    asked = {"text": TEXT, "model_id": MODEL, "voice_settings": settings}
    with raw.convert(voice, output_format="mp3_44100_128", **asked) as answer:
        sound = b"".join(answer.data)
        headers = answer.headers
    assert sound[:3] == b"ID3" or sound[0] == 0xFF, sound[:4]
    assert headers["character-cost"] == str(len(TEXT)) and headers["request-id"]
    streamed = b"".join(client.text_to_speech.stream(voice, **asked))
    assert streamed == b"".join(client.text_to_speech.convert(voice, **asked))
    timed = client.text_to_speech.convert_with_timestamps(voice, **asked)
    assert "".join(timed.alignment.characters) == TEXT
    show("speech", f"{len(sound)} bytes, {timed.alignment.character_end_times_seconds[-1]} s")


def account(client):
    models = {it.model_id: it for it in client.models.list()}
    assert models[MODEL].can_do_text_to_speech
    assert models["eleven_flash_v2_5"].model_rates.character_cost_multiplier == 0.5
    subscription = client.user.subscription.get()
    used = subscription.character_count
    assert used == 4 * len(TEXT), used
    show("account", f"{used} of {subscription.character_limit} credits")


def refusals(world, client, home, voice):
    def refused(kind, call):
        try:
            call()
        except kind as error:
            return error
        raise AssertionError(f"{kind.__name__} was expected")

    def say(client=client, voice=voice, text=TEXT, **more):
        return b"".join(client.text_to_speech.convert(voice, text=text, **more))

    def fault(name):
        world.do("/sandbox/elevenlabs/faults", fault=name)

    def reason(error):
        return error.status_code, error.body["detail"]["status"]

    stranger = ElevenLabs(base_url=home, api_key="revoked")
    assert reason(refused(ApiError, lambda: say(stranger))) == (401, "invalid_api_key")
    assert reason(refused(ApiError, lambda: say(voice="nobody"))) == (404, "voice_not_found")
    refused(UnprocessableEntityError, lambda: say(text=""))
    fault("quota")
    assert reason(refused(ApiError, say)) == (401, "quota_exceeded")
    for name, status in [("busy", 429), ("concurrency", 429), ("500", 500), ("503", 503)]:
        fault(name)
        error = refused(ApiError, say)
        assert error.status_code == status, error
    # Left to itself, the client tries again what isn't a stream.
    world.do("/sandbox/elevenlabs/faults", fault="busy", on="models")
    assert client.models.list()
    fault("torn")
    refused(Exception, say)
    show("refusals", "as the client knows them")
