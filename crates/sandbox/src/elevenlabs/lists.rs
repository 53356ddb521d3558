//! What there is: voices in pages and all at once, their samples, models, and what the account has
//! left (providers.md 3.2, 3.3).

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use super::faults::Call;
use super::models::MODELS;
use super::refusals::{Refusal, complaint};
use super::sound::{self, Form};
use super::voices::{self, VOICES, Voice};
use super::{BASE, ElevenLabs, PERIOD_MS};
use crate::programs::Failed;

const PAGE_MAX: usize = 100;
const PAGE: usize = 10;
/// When all of them came to the account, a day apart.
const CREATED_AT: i64 = 1_735_689_600;
const DAY_SECONDS: i64 = 86_400;

type Answered = Result<Response, Refusal>;

pub(super) fn routes() -> Router<Arc<ElevenLabs>> {
    Router::new()
        .route("/v2/voices", get(page))
        .route("/v1/voices", get(all))
        .route("/v1/voices/{id}", get(one))
        .route("/v1/models", get(models))
        .route("/v1/user/subscription", get(subscription))
        .route("/samples/{name}", get(sample))
}

/// What stands behind the question mark; a name may come several times.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn of(text: Option<&str>) -> Query {
        let pairs = url::form_urlencoded::parse(text.unwrap_or_default().as_bytes());
        Query(pairs.into_owned().collect())
    }

    pub(super) fn one(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|it| it.0 == name && !it.1.is_empty())?;
        Some(&found.1)
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |it| it.0 == name && !it.1.is_empty()).map(|it| it.1.as_str())
    }

    /// Whether it is among those that were named, if any were.
    fn takes(&self, name: &str, value: &str) -> bool {
        let mut named = self.all(name).peekable();
        named.peek().is_none() || named.any(|it| it.eq_ignore_ascii_case(value))
    }
}

async fn page(
    State(eleven): State<Arc<ElevenLabs>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answered {
    eleven.check_key(&headers)?;
    eleven.interrupt(Call::List).await?;
    let query = Query::of(query.as_deref());
    let size = match query.one("page_size") {
        None => PAGE,
        Some(text) => {
            text.parse().ok().filter(|it| (1..=PAGE_MAX).contains(it)).ok_or_else(|| {
                let text = "Input should be greater than or equal to 1 and at most 100";
                Refusal::unprocessable(vec![complaint(&["query", "page_size"], "range", text)])
            })?
        }
    };
    let from = match query.one("next_page_token") {
        None => 0,
        Some(token) => place_of(token).ok_or_else(|| {
            let at = ["query", "next_page_token"];
            Refusal::unprocessable(vec![complaint(&at, "value_error", "Invalid page token")])
        })?,
    };
    let mut found: Vec<&Voice> = eleven.voices().filter(|it| is_meant(it, &query)).collect();
    // Else newest last, as in the table.
    if query.one("sort") == Some("name") {
        found.sort_by_key(|it| it.name);
    }
    if query.one("sort_direction") == Some("desc") {
        found.reverse();
    }
    let shown: Vec<Value> = found.iter().skip(from).take(size).map(|it| eleven.wire(it)).collect();
    let next = from + shown.len();
    let has_more = next < found.len();
    let total = if query.one("include_total_count") == Some("false") { 0 } else { found.len() };
    let told = json!({
        "voices": shown,
        "has_more": has_more,
        "total_count": total,
        "next_page_token": has_more.then(|| token_of(next)),
    });
    Ok(Json(told).into_response())
}

/// Nobody is meant to read it or to make one.
fn token_of(place: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("voices after {place}"))
}

fn place_of(token: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix("voices after ")?.parse().ok()
}

fn is_meant(voice: &Voice, query: &Query) -> bool {
    let wanted = query.one("search").unwrap_or_default().to_lowercase();
    let words = [voice.name, voice.description, voice.accent, voice.gender, voice.use_case];
    let is_found = words.iter().any(|it| it.to_lowercase().contains(&wanted));
    let is_of_type = query.all("voice_type").all(|it| match it {
        "personal" | "non-default" => voice.category != "premade",
        "default" => voice.category == "premade",
        "community" => false,
        _ => true,
    });
    is_found
        && is_of_type
        && query.takes("category", voice.category)
        && query.takes("gender", voice.gender)
        && query.takes("age", voice.age)
        && query.takes("language", voice.language)
        && query.takes("accent", voice.accent)
        && query.takes("use_cases", voice.use_case)
        // Ids differ by large and small letters too.
        && query.all("voice_ids").next().is_none_or(|_| query.all("voice_ids").any(|it| it == voice.id))
}

async fn all(State(eleven): State<Arc<ElevenLabs>>, headers: HeaderMap) -> Answered {
    eleven.check_key(&headers)?;
    eleven.interrupt(Call::List).await?;
    let voices: Vec<Value> = eleven.voices().map(|it| eleven.wire(it)).collect();
    Ok(Json(json!({ "voices": voices })).into_response())
}

async fn one(
    State(eleven): State<Arc<ElevenLabs>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answered {
    eleven.check_key(&headers)?;
    eleven.interrupt(Call::Voice).await?;
    let found = eleven.voices().find(|it| it.id == id);
    let voice = found.ok_or_else(|| Refusal::no_voice(StatusCode::BAD_REQUEST, &id))?;
    Ok(Json(eleven.wire(voice)).into_response())
}

async fn models(State(eleven): State<Arc<ElevenLabs>>, headers: HeaderMap) -> Answered {
    eleven.check_key(&headers)?;
    eleven.interrupt(Call::Models).await?;
    let models: Vec<Value> = MODELS.iter().map(super::models::Model::wire).collect();
    Ok(Json(models).into_response())
}

async fn subscription(State(eleven): State<Arc<ElevenLabs>>, headers: HeaderMap) -> Answered {
    eleven.check_key(&headers)?;
    eleven.interrupt(Call::Account).await?;
    let (used, begun_at) = {
        let world = eleven.world();
        (world.used, world.begun_at)
    };
    let told = json!({
        "tier": "creator",
        "character_count": used,
        "character_limit": eleven.settings.credits_max,
        "max_credit_limit_extension": 0,
        "can_extend_character_limit": false,
        "allowed_to_extend_character_limit": false,
        "next_character_count_reset_unix": (begun_at + PERIOD_MS) / 1000,
        "voice_slots_used": VOICES.iter().filter(|it| it.category != "premade").count(),
        "professional_voice_slots_used": 0,
        "professional_voice_slots_used_in_workspace": 0,
        "voice_limit": 30,
        "voice_add_edit_counter": 0,
        "professional_voice_limit": 1,
        "can_extend_voice_limit": false,
        "can_use_instant_voice_cloning": true,
        "can_use_professional_voice_cloning": true,
        "currency": "usd",
        "current_overage": { "amount": "0", "currency": "usd" },
        "status": "active",
        "billing_period": "monthly_period",
        "character_refresh_period": "monthly_period",
        "open_invoices": [],
        "has_open_invoices": false,
    });
    Ok(Json(told).into_response())
}

/// A sample is for everybody: the real ones lie with a host of files.
async fn sample(State(eleven): State<Arc<ElevenLabs>>, Path(name): Path<String>) -> Answered {
    eleven.interrupt(Call::Sample).await?;
    let voice = name.strip_suffix(".mp3").and_then(voices::find).ok_or_else(Refusal::not_found)?;
    let kept = eleven.world().samples.get(voice.id).cloned();
    let bytes = match kept {
        Some(bytes) => bytes,
        None => {
            let (bench, text) = (&eleven.workbench, greeting(voice.language));
            let pcm = sound::speak(bench, voice, voice.language, text, 1.0).await;
            let pcm = pcm.map_err(refused)?;
            let form = Form::from_name("mp3_44100_64").expect("it stands in the table");
            let bytes =
                bytes::Bytes::from(sound::encode(bench, &pcm, form).await.map_err(refused)?);
            eleven.world().samples.insert(voice.id, bytes.clone());
            bytes
        }
    };
    Ok(([(header::CONTENT_TYPE, "audio/mpeg")], bytes).into_response())
}

fn greeting(language: &str) -> &'static str {
    match language {
        "ru" => "Здравствуйте! Так звучит мой голос.",
        "kk" => "Сәлеметсіз бе! Менің дауысым осындай.",
        _ => "Hello! This is how my voice sounds.",
    }
}

pub(super) fn refused(failed: Failed) -> Refusal {
    match failed {
        Failed::Missing(program) => Refusal::no_program(&program),
        Failed::Broken(why) => {
            tracing::warn!("the sandbox can't make sound: {why}");
            Refusal::broken()
        }
    }
}

impl ElevenLabs {
    /// Those that weren't deleted.
    pub(super) fn voices(&self) -> impl Iterator<Item = &'static Voice> {
        let gone = self.world().gone.clone();
        VOICES.iter().filter(move |it| !gone.contains(it.id))
    }

    fn wire(&self, voice: &Voice) -> Value {
        let preview = format!("{}{BASE}/samples/{}.mp3", self.settings.origin, voice.id);
        let place = VOICES.iter().zip(0_i64..).find(|it| it.0.id == voice.id).map_or(0, |it| it.1);
        json!({
            "voice_id": voice.id,
            "name": voice.name,
            "category": voice.category,
            "description": voice.description,
            "labels": {
                "gender": voice.gender,
                "age": voice.age,
                "accent": voice.accent,
                "language": voice.language,
                "use_case": voice.use_case,
                "descriptive": voice.description,
            },
            "preview_url": preview,
            "available_for_tiers": [],
            "settings": null,
            "samples": null,
            "sharing": null,
            "high_quality_base_model_ids": ["eleven_multilingual_v2", "eleven_turbo_v2_5"],
            "verified_languages": [{
                "language": voice.language,
                "model_id": "eleven_multilingual_v2",
                "accent": voice.accent,
                "locale": null,
                "preview_url": preview,
            }],
            "is_owner": voice.category != "premade",
            "is_legacy": false,
            "created_at_unix": CREATED_AT + place * DAY_SECONDS,
        })
    }
}
