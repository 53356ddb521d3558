//! What a talk can't show of speech: the sound. Without ffmpeg and espeak-ng these skip.

use std::io::Write;
use std::process::{Command, Stdio};

use axum::body::Body;
use base64::Engine;
use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use sandbox::elevenlabs::faults::{Fault, Trouble};
use sandbox::elevenlabs::voices::VOICES;
use sandbox::programs::Programs;
use serde_json::{Value, json};

use super::World;
use crate::films::{has_programs, probe};

/// What is said in most of these.
const TEXT: &str = "Hello there, this is a sentence that takes some time.";

struct Heard {
    status: u16,
    headers: HeaderMap,
    /// None if the connection broke.
    bytes: Option<Bytes>,
}

impl Heard {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().expect("text"))
    }

    fn sound(&self) -> &[u8] {
        assert_eq!(self.status, 200, "{:?}", self.bytes);
        self.bytes.as_ref().expect("all of it")
    }
}

fn world() -> World {
    World::new(|it| it.programs = Programs::default())
}

async fn ask(world: &World, request: Request<Body>) -> Heard {
    let response = world.send(request).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.into_body().collect().await.ok().map(|it| it.to_bytes());
    Heard { status, headers, bytes }
}

async fn speak(world: &World, path: &str, body: &Value) -> Heard {
    let request = Request::post(format!("/elevenlabs/v1/text-to-speech/{path}"))
        .header("xi-api-key", "sk_0f6c")
        .body(Body::from(body.to_string()));
    ask(world, request.expect("a request")).await
}

/// Seconds of the sound of a file, counted by decoding it.
fn seconds(sound: &[u8]) -> f64 {
    let mut child = Command::new("ffmpeg")
        .args(["-loglevel", "error", "-i", "pipe:0", "-f", "s16le", "-ar", "16000", "-ac", "1"])
        .arg("pipe:1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("ffmpeg is there");
    let mut stdin = child.stdin.take().expect("a pipe");
    let sound = sound.to_vec();
    let feed = std::thread::spawn(move || stdin.write_all(&sound));
    let output = child.wait_with_output().expect("it ends");
    drop(feed.join());
    output.stdout.len() as f64 / 32_000.0
}

#[tokio::test]
async fn speech_is_an_mp3_as_long_as_it_takes() {
    if !has_programs() {
        return;
    }
    let world = world();
    let id = VOICES[0].id;
    let heard = speak(&world, id, &json!({ "text": TEXT })).await;
    assert_eq!(heard.header("content-type"), "audio/mpeg");
    assert_eq!(heard.header("character-cost"), TEXT.len().to_string());
    assert_eq!(heard.header("current-concurrent-requests"), "1");
    assert_eq!(heard.header("request-id").len(), 20);
    let usual = seconds(heard.sound());
    assert!((2.0..6.0).contains(&usual), "{usual}");
    let facts = probe(heard.sound(), "mp3");
    assert_eq!(facts["streams"][0]["codec_name"], "mp3");
    assert_eq!(facts["streams"][0]["sample_rate"], "44100");
    let fast = json!({ "text": TEXT, "voice_settings": { "speed": 1.2 } });
    let fast = seconds(speak(&world, id, &fast).await.sound());
    assert!(fast < usual * 0.95, "{fast} is not faster than {usual}");
    assert_eq!(world.eleven.said().len(), 2);
    assert_eq!(world.eleven.said()[0].text, TEXT);
}

/// Who speaks, and in which language, is heard; the same again is the same.
#[tokio::test]
async fn voices_and_languages_differ() {
    if !has_programs() {
        return;
    }
    let world = world();
    let mut all = Vec::new();
    for (voice, text) in [
        (0, "Здравствуйте, вот мой голос."),
        (6, "Здравствуйте, вот мой голос."),
        (0, "Сәлеметсіз бе, менің дауысым осындай."),
        (0, "Good day, this is my voice."),
    ] {
        let said = json!({ "text": text });
        let heard = speak(&world, VOICES[voice].id, &said).await;
        let again = speak(&world, VOICES[voice].id, &said).await;
        assert_eq!(heard.sound(), again.sound());
        assert!(1.0 < seconds(heard.sound()));
        all.push(heard.sound().to_vec());
    }
    let different: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(different.len(), 4);
}

#[tokio::test]
async fn each_form_is_what_it_says() {
    if !has_programs() {
        return;
    }
    let world = World::new(|it| {
        it.programs = Programs::default();
        it.credits_max = 100_000;
    });
    for (form, kind, size) in [
        ("mp3_22050_32", "audio/mpeg", None),
        ("mp3_44100_192", "audio/mpeg", None),
        ("opus_48000_64", "audio/opus", None),
        ("wav_16000", "audio/wav", None),
        ("pcm_16000", "audio/pcm", Some(32_000.0)),
        ("ulaw_8000", "audio/basic", Some(8_000.0)),
    ] {
        let path = format!("{}?output_format={form}", VOICES[1].id);
        let heard = speak(&world, &path, &json!({ "text": TEXT })).await;
        assert_eq!(heard.header("content-type"), kind, "{form}");
        let long =
            size.map_or_else(|| seconds(heard.sound()), |it| heard.sound().len() as f64 / it);
        assert!((2.0..6.0).contains(&long), "{form}: {long}");
    }
}

#[tokio::test]
async fn streams_and_times_are_of_the_same_sound() {
    if !has_programs() {
        return;
    }
    let (world, id) = (world(), VOICES[2].id);
    let said = json!({ "text": "Hello, world." });
    let whole = speak(&world, id, &said).await;
    let streamed = speak(&world, &format!("{id}/stream"), &said).await;
    assert_eq!(streamed.sound(), whole.sound());
    for way in ["with-timestamps", "stream/with-timestamps"] {
        let timed = speak(&world, &format!("{id}/{way}"), &said).await;
        let told: Value = serde_json::from_slice(timed.sound()).expect("JSON");
        let sound = told["audio_base64"].as_str().expect("base64");
        let sound = base64::engine::general_purpose::STANDARD.decode(sound).expect("base64");
        assert_eq!(sound, whole.sound());
        let ends = &told["alignment"]["character_end_times_seconds"];
        assert_eq!(ends.as_array().expect("moments").len(), "Hello, world.".len());
        let last = ends[12].as_f64().expect("a moment");
        assert!((last - seconds(&sound)).abs() < 0.15, "{last}");
    }
}

#[tokio::test]
async fn spoilt_sound_is_known_by_itself() {
    if !has_programs() {
        return;
    }
    let (world, id) = (world(), VOICES[3].id);
    let said = json!({ "text": TEXT });
    let whole = speak(&world, id, &said).await;
    let spoilt = async |trouble| {
        world.eleven.fault(Fault::once(trouble));
        speak(&world, id, &said).await
    };
    let half = spoilt(Trouble::Half).await;
    assert_eq!(half.sound().len(), whole.sound().len() / 2);
    assert!(spoilt(Trouble::Torn).await.bytes.is_none());
    assert!(spoilt(Trouble::Empty).await.sound().is_empty());
    assert_eq!(spoilt(Trouble::WrongType).await.header("content-type"), "application/json");
    assert_eq!(speak(&world, id, &said).await.sound(), whole.sound());
}

/// Every voice can be heard for nothing, and where its own page says.
#[tokio::test]
async fn samples_are_heard_for_nothing() {
    if !has_programs() {
        return;
    }
    let world = world();
    for voice in [&VOICES[0], &VOICES[6], &VOICES[7]] {
        let path = format!("/elevenlabs/samples/{}.mp3", voice.id);
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let heard = ask(&world, request).await;
        assert_eq!(heard.header("content-type"), "audio/mpeg");
        assert!((1.0..6.0).contains(&seconds(heard.sound())), "{}", voice.name);
    }
    assert!(world.eleven.said().is_empty());
}

/// Without espeak-ng there is a tone for each syllable: longer words take longer.
#[tokio::test]
async fn tones_stand_in_for_a_voice() {
    if !has_programs() {
        return;
    }
    let world = World::new(|it| {
        it.programs = Programs { espeak: "/nowhere/espeak-ng".to_owned(), ..Programs::default() };
    });
    let mut last = 0.0;
    for text in ["Да", "Да, конечно", "Да, конечно, приходите завтра утром"]
    {
        let long = seconds(speak(&world, VOICES[0].id, &json!({ "text": text })).await.sound());
        assert!(last + 0.2 < long, "{text}: {long} after {last}");
        last = long;
    }
}

/// Before anything is made, and whatever is left of the credits.
#[tokio::test]
async fn a_text_may_be_too_long_for_its_model() {
    let world = World::new(|_| {});
    let said = json!({ "text": "a".repeat(5_001), "model_id": "eleven_v3" });
    let heard = speak(&world, VOICES[0].id, &said).await;
    let told: Value = serde_json::from_slice(&heard.bytes.expect("a body")).expect("JSON");
    assert_eq!(
        (heard.status, &told["detail"]["status"]),
        (400, &json!("max_character_limit_exceeded"))
    );
}

/// Only the newest model knows that words in brackets aren't to be said.
#[tokio::test]
async fn feelings_are_read_aloud_by_those_who_dont_know_them() {
    if !has_programs() {
        return;
    }
    let world = world();
    let mut long = Vec::new();
    for model in ["eleven_v3", "eleven_multilingual_v2"] {
        let said = json!({ "text": "[laughs happily] Good morning", "model_id": model });
        long.push(seconds(speak(&world, VOICES[0].id, &said).await.sound()));
    }
    assert!(long[0] + 0.4 < long[1], "{long:?}");
}
