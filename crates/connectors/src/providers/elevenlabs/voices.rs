//! Who can speak for us at ElevenLabs, and for how much longer.

use std::collections::HashSet;

use http::Method;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use domain::Millis;

use super::{ASK, answers, request};
use crate::http::{Http, below, if_as_known, plain};
use crate::providers::{Access, ProviderError, is_run_id};

const LISTING: &str = "listing voices";
const QUOTA: &str = "asking for the quota";

/// As many as they give at once.
const PAGE_VOICES: &str = "100";
/// Whoever has more voices than that gets the first of them.
const PAGES_MAX: usize = 50;

/// The end of the year 9999. Later moments are a mistake.
const SECONDS_END: i64 = 253_402_300_800;

/// A voice as the provider describes it. All but its id may be unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteVoice {
    pub id: String,
    /// The id where it has none.
    pub name: String,
    pub gender: Option<String>,
    pub age: Option<String>,
    pub accent: Option<String>,
    pub language: Option<String>,
    pub description: Option<String>,
    /// How it sounds. To be fetched as any file of a stranger, without a key.
    pub preview_url: Option<String>,
}

/// How much can be spoken until it is counted anew, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub used: u64,
    pub limit: u64,
    pub resets_at: Option<Millis>,
}

#[derive(Deserialize)]
struct Page {
    voices: Vec<Value>,
    #[serde(default, deserialize_with = "if_as_known")]
    has_more: Option<bool>,
    #[serde(default, deserialize_with = "if_as_known")]
    next_page_token: Option<String>,
}

impl Page {
    fn next(&self) -> Option<&str> {
        let token = self.next_page_token.as_deref().filter(|it| !it.is_empty());
        token.filter(|_| self.has_more == Some(true))
    }
}

/// All voices that speak for us, each once, in the provider's order. An error on any page is an
/// error of all: a part of them must not be taken for the whole.
pub async fn list(http: &Http, access: &Access) -> Result<Vec<RemoteVoice>, ProviderError> {
    let mut voices = Vec::new();
    let mut known = HashSet::new();
    let mut tokens = HashSet::new();
    let mut token = None;
    for _ in 0..PAGES_MAX {
        let page: Page = ask(http, access, LISTING, page_url(access, token.as_deref())).await?;
        let next = page.next().map(str::to_owned);
        let found = page.voices.iter().filter_map(voice);
        voices.extend(found.filter(|it| known.insert(it.id.clone())));
        match next {
            Some(next) if tokens.insert(next.clone()) => token = Some(next),
            // The same page for ever is the last one.
            Some(_) | None => return Ok(voices),
        }
    }
    tracing::warn!(voices = voices.len(), "there are more voices than anybody looks through");
    Ok(voices)
}

/// How much of what is paid for has been spoken.
pub async fn subscription(http: &Http, access: &Access) -> Result<Quota, ProviderError> {
    let url = below(&access.rest_url, "v1/user/subscription");
    let said: Subscription = ask(http, access, QUOTA, url).await?;
    Ok(Quota {
        used: said.character_count,
        limit: said.character_limit,
        resets_at: said
            .next_character_count_reset_unix
            .filter(|it| (1..SECONDS_END).contains(it))
            .map(Millis::seconds),
    })
}

#[derive(Deserialize)]
struct Subscription {
    character_count: u64,
    character_limit: u64,
    #[serde(default, deserialize_with = "if_as_known")]
    next_character_count_reset_unix: Option<i64>,
}

async fn ask<T: serde::de::DeserializeOwned>(
    http: &Http,
    access: &Access,
    doing: &str,
    url: Url,
) -> Result<T, ProviderError> {
    let request = request(access, Method::GET, url, None)?;
    let answer = http.call(request, ASK).await;
    let answer = answer.map_err(|it| ProviderError::harmless(doing, it))?;
    answers::readable(doing, &answer)
}

fn page_url(access: &Access, token: Option<&str>) -> Url {
    let mut url = below(&access.rest_url, "v2/voices");
    url.query_pairs_mut().append_pair("page_size", PAGE_VOICES);
    if let Some(token) = token {
        url.query_pairs_mut().append_pair("next_page_token", token);
    }
    url
}

/// A voice, if it has an id that can be asked for.
fn voice(told: &Value) -> Option<RemoteVoice> {
    let id = told.get("voice_id")?.as_str().filter(|it| is_run_id(it))?.to_owned();
    let label = |it: &str| words(told.get("labels")?.get(it)?);
    let verified = told.get("verified_languages").and_then(|it| it.get(0)?.get("language"));
    Some(RemoteVoice {
        name: told.get("name").and_then(words).unwrap_or_else(|| id.clone()),
        gender: label("gender"),
        age: label("age"),
        accent: label("accent"),
        language: label("language").or_else(|| verified.and_then(words)),
        description: told.get("description").and_then(words),
        preview_url: told.get("preview_url").and_then(address),
        id,
    })
}

/// What somebody wrote of a voice, fit for one line.
fn words(told: &Value) -> Option<String> {
    Some(plain(told.as_str()?)).filter(|it| !it.is_empty())
}

fn address(told: &Value) -> Option<String> {
    let url = Url::parse(told.as_str()?).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}
