//! Text to speech: whole, as a stream, and with the moment of each letter (providers.md 3.3).

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::{StreamExt, stream};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::faults::{Call, Trouble};
use super::lists::{Query, refused};
use super::models::{self, Model};
use super::refusals::{Refusal, complaint};
use super::sound::{self, Form};
use super::voices::Voice;
use super::{ElevenLabs, Said};

/// How long a request waits for its turn before it is refused.
const TURN: Duration = Duration::from_millis(50);
/// What a stream gives at a time.
const PIECE_BYTES: usize = 4 << 10;
/// How fast somebody can be told to speak.
const SPEED: std::ops::RangeInclusive<f64> = 0.7..=1.2;

type Answered = Result<Response, Refusal>;

pub(super) fn routes() -> Router<Arc<ElevenLabs>> {
    Router::new()
        .route("/v1/text-to-speech/{voice}", post(whole))
        .route("/v1/text-to-speech/{voice}/{*way}", post(otherwise))
}

/// Everything that came with a request.
struct Came {
    headers: HeaderMap,
    voice: String,
    query: Query,
    body: Bytes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Whole,
    Stream,
    Timed,
    TimedStream,
}

async fn whole(
    State(eleven): State<Arc<ElevenLabs>>,
    headers: HeaderMap,
    Path(voice): Path<String>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Answered {
    let query = Query::of(query.as_deref());
    speak(&eleven, Came { headers, voice, query, body }, Way::Whole).await
}

async fn otherwise(
    State(eleven): State<Arc<ElevenLabs>>,
    headers: HeaderMap,
    Path((voice, way)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Answered {
    let way = match way.as_str() {
        "stream" => Way::Stream,
        "with-timestamps" => Way::Timed,
        "stream/with-timestamps" => Way::TimedStream,
        _ => return Err(Refusal::not_found()),
    };
    let query = Query::of(query.as_deref());
    speak(&eleven, Came { headers, voice, query, body }, way).await
}

/// A request that is all right.
struct Asked {
    text: String,
    model: &'static Model,
    language: String,
    speed: f64,
    form: Form,
}

async fn speak(eleven: &ElevenLabs, came: Came, way: Way) -> Answered {
    eleven.check_key(&came.headers)?;
    let turn = tokio::time::timeout(TURN, eleven.turns.acquire()).await;
    let _turn = turn.map_err(|_| Refusal::too_many())?.expect("nobody closes it");
    eleven.interrupt(Call::Speech).await?;
    eleven.lose(&came.voice);
    let asked = asked(&came)?;
    let found = eleven.voices().find(|it| it.id == came.voice);
    let voice = found.ok_or_else(|| Refusal::no_voice(StatusCode::NOT_FOUND, &came.voice))?;
    let letters = asked.text.chars().count();
    if asked.model.letters_max < letters {
        return Err(Refusal::too_long(letters, asked.model.letters_max));
    }
    let credits = asked.model.credits(letters);
    let left = eleven.settings.credits_max - eleven.world().used;
    if left < credits {
        return Err(Refusal::no_quota(left, credits));
    }
    let spoken = spoken(&asked);
    let bench = &eleven.workbench;
    let pcm = sound::speak(bench, voice, &asked.language, &spoken, asked.speed).await;
    let pcm = pcm.map_err(refused)?;
    let sound = sound::encode(bench, &pcm, asked.form).await.map_err(refused)?;
    eleven.book(voice, &asked, credits);
    let mut response = match way {
        Way::Whole | Way::Stream => sounding(eleven.spoiler(), sound.into(), asked.form, way),
        Way::Timed => axum::Json(with_times(&asked.text, pcm.seconds(), &sound)).into_response(),
        Way::TimedStream => {
            let line = format!("{}\n", with_times(&asked.text, pcm.seconds(), &sound));
            ([(header::CONTENT_TYPE, "application/json")], line).into_response()
        }
    };
    let free = eleven.turns.available_permits();
    let at_once = eleven.settings.concurrent_max.saturating_sub(free);
    for (name, value) in [
        ("request-id", eleven.draw("request")),
        ("history-item-id", eleven.draw("history")),
        ("character-cost", credits.to_string()),
        ("current-concurrent-requests", at_once.to_string()),
        ("maximum-concurrent-requests", eleven.settings.concurrent_max.to_string()),
    ] {
        let value = HeaderValue::from_str(&value).expect("letters and digits");
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// Reads a request; all that is wrong is said at once.
fn asked(came: &Came) -> Result<Asked, Refusal> {
    let no_json = |_| {
        let wrong = complaint(&["body"], "json_invalid", "JSON decode error");
        Refusal::unprocessable(vec![wrong])
    };
    let body: Value = serde_json::from_slice(&came.body).map_err(no_json)?;
    let mut wrong = Vec::new();
    let text = match &body["text"] {
        Value::String(text) if text.trim().is_empty() => {
            let text = "String should have at least 1 character";
            wrong.push(complaint(&["body", "text"], "string_too_short", text));
            ""
        }
        Value::String(text) => text,
        Value::Null => {
            wrong.push(complaint(&["body", "text"], "missing", "Field required"));
            ""
        }
        _ => {
            let text = "Input should be a valid string";
            wrong.push(complaint(&["body", "text"], "string_type", text));
            ""
        }
    };
    let settings = &body["voice_settings"];
    for name in ["stability", "similarity_boost", "style"] {
        check_number(settings, name, 0.0..=1.0, &mut wrong);
    }
    let speed = check_number(settings, "speed", SPEED, &mut wrong).unwrap_or(1.0);
    let name = came.query.one("output_format").unwrap_or("mp3_44100_128");
    let form = Form::from_name(name);
    if form.is_none() {
        let text = format!("'{name}' is no output format");
        wrong.push(complaint(&["query", "output_format"], "enum", text));
    }
    let Some(form) = form.filter(|_| wrong.is_empty()) else {
        return Err(Refusal::unprocessable(wrong));
    };
    let model = body["model_id"].as_str().unwrap_or(models::USUAL);
    let model = models::find(model).ok_or_else(|| Refusal::no_model(model))?;
    // The one that knows many languages hears which it is, and isn't told.
    let told = body["language_code"].as_str().filter(|_| model.id != models::USUAL);
    let language = told.unwrap_or_else(|| sound::language_of(text)).to_owned();
    Ok(Asked { text: text.to_owned(), model, language, speed, form })
}

fn check_number(
    settings: &Value,
    name: &str,
    range: std::ops::RangeInclusive<f64>,
    wrong: &mut Vec<Value>,
) -> Option<f64> {
    let value = settings.get(name).filter(|it| !it.is_null())?;
    let at = ["body", "voice_settings", name];
    let Some(number) = value.as_f64() else {
        wrong.push(complaint(&at, "float_type", "Input should be a valid number"));
        return None;
    };
    if number < *range.start() {
        let text = format!("Input should be greater than or equal to {}", range.start());
        wrong.push(complaint(&at, "greater_than_equal", text));
    } else if *range.end() < number {
        let text = format!("Input should be less than or equal to {}", range.end());
        wrong.push(complaint(&at, "less_than_equal", text));
    }
    Some(number)
}

/// What is to be heard: only the newest knows that words in brackets say how.
fn spoken(asked: &Asked) -> String {
    if asked.model.id != "eleven_v3" {
        return asked.text.clone();
    }
    let pieces = asked.text.split('[').enumerate();
    let plain = pieces.map(|(number, it)| match it.split_once(']') {
        Some((_, rest)) if 0 < number => rest,
        _ => it,
    });
    plain.collect()
}

/// Sound as it is given, or what is left of it.
fn sounding(trouble: Option<Trouble>, sound: Bytes, form: Form, way: Way) -> Response {
    let kind = [(header::CONTENT_TYPE, form.content_type())];
    let half = sound.slice(..sound.len() / 2);
    match trouble {
        Some(Trouble::WrongType) => axum::Json(json!({ "detail": "OK" })).into_response(),
        Some(Trouble::Empty) => (kind, Body::empty()).into_response(),
        Some(Trouble::Half) => (kind, half).into_response(),
        Some(Trouble::Torn) => {
            let broken = Err(std::io::Error::other("the connection breaks here"));
            let pieces = stream::iter([Ok(half)]).chain(stream::iter([broken]));
            (kind, Body::from_stream(pieces)).into_response()
        }
        _ if way == Way::Whole => (kind, sound).into_response(),
        _ => (kind, in_pieces(sound)).into_response(),
    }
}

fn in_pieces(sound: Bytes) -> Body {
    let starts = (0..sound.len()).step_by(PIECE_BYTES);
    let piece = move |from: usize| sound.slice(from..sound.len().min(from + PIECE_BYTES));
    Body::from_stream(stream::iter(starts.map(piece).map(Ok::<_, std::convert::Infallible>)))
}

/// Each letter takes its time, a pause more and a blank less.
fn with_times(text: &str, seconds: f64, sound: &[u8]) -> Value {
    let weight = |it: char| match it {
        '.' | '!' | '?' | ':' => 3.0,
        ',' | ';' => 2.0,
        it if it.is_whitespace() => 0.6,
        _ => 1.0,
    };
    let total: f64 = text.chars().map(weight).sum();
    let (mut begins, mut ends, mut at) = (Vec::new(), Vec::new(), 0.0);
    let rounded = |it: f64| (it * 1000.0).round() / 1000.0;
    for letter in text.chars() {
        begins.push(rounded(at));
        at += weight(letter) * seconds / total;
        ends.push(rounded(at));
    }
    let alignment = json!({
        "characters": text.chars().map(String::from).collect::<Vec<_>>(),
        "character_start_times_seconds": begins,
        "character_end_times_seconds": ends,
    });
    json!({
        "audio_base64": STANDARD.encode(sound),
        "alignment": alignment,
        "normalized_alignment": alignment,
    })
}

impl ElevenLabs {
    fn book(&self, voice: &'static Voice, asked: &Asked, credits: i64) {
        let mut world = self.world();
        world.used += credits;
        world.said.push(Said {
            voice: voice.id,
            text: asked.text.clone(),
            model: asked.model.id.to_owned(),
            credits,
        });
    }
}
