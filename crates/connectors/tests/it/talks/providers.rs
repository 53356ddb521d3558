//! What we do with providers of media.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use connectors::http::Http;
use connectors::providers::{
    Access, HintWork, Likeness, PictureWork, Provider, Run, SourcePicture, TrainingWork, Upload,
    WebhookKeys, Work,
};
use connectors::reach::Reach;
use domain::catalog::TrainingSettings;
use domain::{Aspect, Kind, Millis, Subject, TrainingId};
use ed25519_dalek::{Signer, SigningKey};
use futures::{StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest, Sha256};
use url::Origin;

use super::{SECRET, Words, at, text};
use crate::record::Recorded;

const NOW_SECONDS: i64 = 1_760_000_000;

pub(super) fn access(name: &str) -> Option<Access> {
    Some(Access {
        key: format!("key:{SECRET}").into(),
        queue_url: at("queue", name),
        rest_url: at("rest", name),
    })
}

pub(super) fn trusted(provider: &dyn Provider) -> Vec<Origin> {
    ["queue", "rest"].map(|it| at(it, provider.name()).origin()).into()
}

pub(super) async fn perform(provider: &dyn Provider, http: &Http, words: &Words<'_>) -> String {
    match words.verb {
        "submit" => text(provider.submit(http, &Work::Training(training(words))).await),
        "pictures" => text(provider.submit(http, &Work::Pictures(pictures(words))).await),
        "hint" => text(provider.submit(http, &Work::Hint(hint(words))).await),
        "run" => {
            text::<_, String>(Ok(provider.run(workflow(words), words.get("id").unwrap_or(""))))
        }
        "poll" => text(provider.poll(http, &run(provider, words)).await),
        "cancel" => text(provider.cancel(http, &run(provider, words)).await),
        "upload" => text(provider.upload(http, archive(words)).await),
        "keys" => text(provider.keys(http).await),
        "fetch" => fetch(http, words).await,
        other => panic!("no such act: {other}"),
    }
}

fn workflow<'a>(words: &Words<'a>) -> &'a str {
    words.get("workflow").unwrap_or("fal-ai/flux-lora-portrait-trainer")
}

fn training(words: &Words<'_>) -> TrainingWork {
    TrainingWork {
        training: TrainingId::new(7),
        workflow: workflow(words).to_owned(),
        kind: words.get("kind").map_or(Kind::Portrait, |it| Kind::from_text(it).expect("a kind")),
        subject: words
            .get("subject")
            .map_or(Subject::Woman, |it| Subject::from_text(it).expect("a subject")),
        trigger_word: words.get("trigger").unwrap_or("TOK_0a1b2c3d").to_owned(),
        archive_url: format!("https://files.test/set.zip?sig={SECRET}"),
        settings: TrainingSettings {
            steps: words.read("steps"),
            learning_rate_millionths: words.read("rate"),
            subject_crop: words.read("crop"),
            create_masks: words.read("masks"),
            multiresolution: words.read("multiresolution"),
            priority: words.get("priority").map(str::to_owned),
            lora_rank: words.read("rank"),
        },
        webhook_url: words.get("webhook").map(str::to_owned),
    }
}

fn pictures(words: &Words<'_>) -> PictureWork {
    PictureWork {
        workflow: words.get("workflow").unwrap_or("fal-ai/flux-lora").to_owned(),
        prompt: words.get("prompt").unwrap_or("TOK_in_a_garden").to_owned(),
        likeness: match words.get("remote") {
            Some(id) => Likeness::Remote { id: id.to_owned() },
            None => Likeness::Weights { url: format!("https://files.test/x.safetensors?{SECRET}") },
        },
        likeness_percent: words.read("likeness"),
        aspect: words
            .get("aspect")
            .map_or(Aspect::Portrait, |it| Aspect::from_text(it).expect("an aspect")),
        count: words.read("count").unwrap_or(2),
        seed: words.read("seed").unwrap_or(7),
        steps: words.read("steps"),
        guidance_tenths: words.read("guidance"),
        source: words.read("strength").map(|strength_percent| SourcePicture {
            url: format!("https://files.test/from.jpg?{SECRET}"),
            strength_percent,
        }),
        webhook_url: words.get("webhook").map(str::to_owned),
    }
}

fn hint(words: &Words<'_>) -> HintWork {
    HintWork {
        workflow: words.get("workflow").unwrap_or("openrouter/router/vision").to_owned(),
        model: words.get("model").map(str::to_owned),
        task: words.get("task").unwrap_or("").to_owned(),
        words: words.get("words").map(str::to_owned),
        image_url: words.get("image").map(str::to_owned),
        webhook_url: words.get("webhook").map(str::to_owned),
    }
}

/// The run `req-1`, or one as somebody has put it into our store.
fn run(provider: &dyn Provider, words: &Words<'_>) -> Run {
    let mut run = provider.run(workflow(words), "req-1").expect("an id");
    if let Some(url) = words.get("stored") {
        run.response_url = url.to_owned();
        run.status_url = url.to_owned();
        run.cancel_url = url.to_owned();
    }
    run
}

fn archive(words: &Words<'_>) -> Upload {
    let bytes: usize = words.read("bytes").expect("bytes=");
    let piece = 65_536;
    let pieces = (0..bytes).step_by(piece).map(move |at| piece.min(bytes - at));
    let body = stream::iter(pieces.map(|it| Ok(Bytes::from(vec![b'z'; it]))));
    let body = match words.get("then") {
        Some("breaks") => body.chain(stream::iter([Err(std::io::Error::other("disk"))])).boxed(),
        _ => body.boxed(),
    };
    Upload {
        name: "set.zip".to_owned(),
        content_type: "application/zip".to_owned(),
        bytes: words.read("promised").unwrap_or(bytes as u64),
        body,
    }
}

async fn fetch(http: &Http, words: &Words<'_>) -> String {
    let mut file = Vec::new();
    let limit = words.read("limit").unwrap_or(1_000);
    let url = words.get("url").expect("url=");
    let came = http.fetch(url, limit, Duration::from_secs(60), &mut file).await;
    assert!(file.len() as u64 <= limit, "more was kept than was allowed");
    text(came)
}

/// A webhook, signed with the key of a number: 0 is the one of the published example.
pub(super) fn called(provider: &dyn Provider, words: &Words<'_>, body: &str) -> String {
    let key = |number: u8| {
        let seed = std::array::from_fn(|at| if number == 0 { at as u8 } else { number });
        SigningKey::from_bytes(&seed)
    };
    let age: i64 = words.read("age").unwrap_or(0);
    let id = words.get("id").unwrap_or("req-1");
    let account = words.get("account").unwrap_or("user-1");
    let timestamp = words.get("at").map_or((NOW_SECONDS - age).to_string(), str::to_owned);
    let signed = words.get("signed").unwrap_or(body);
    let message =
        format!("{id}\n{account}\n{timestamp}\n{}", hex::encode(Sha256::digest(signed.as_bytes())));
    let signature = key(words.read("by").unwrap_or(0)).sign(message.as_bytes());
    let signature = words.get("signature").map_or(hex::encode(signature.to_bytes()), str::to_owned);
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("request-id", id),
        ("user-id", account),
        ("timestamp", &timestamp),
        ("signature", &signature),
    ] {
        let header: HeaderName = format!("x-fal-webhook-{name}").parse().expect("a name");
        let value = HeaderValue::from_str(value).expect("a value");
        for _ in 0..words.get("without").map_or(1, |it| usize::from(it != name)) {
            headers.append(header.clone(), value.clone());
        }
        if words.get("twice") == Some(name) {
            headers.append(header, value);
        }
    }
    let keys = keys(provider, &[key(9), key(1), key(0)]);
    text(provider.webhook(&headers, body.as_bytes(), Millis::seconds(NOW_SECONDS), &keys))
}

/// Keys come from an answer alone, so they are asked for.
fn keys(provider: &dyn Provider, keys: &[SigningKey]) -> WebhookKeys {
    let keys = keys.iter().map(|it| {
        let x = URL_SAFE_NO_PAD.encode(it.verifying_key().as_bytes());
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#)
    });
    let answer = format!(r#"200 {{"keys":[{}]}}"#, keys.collect::<Vec<_>>().join(","));
    let transport = Recorded::new(&[answer]);
    let http = Http::over(Arc::new(transport), Reach::Public { trusted: Vec::new() });
    futures::FutureExt::now_or_never(provider.keys(&http)).expect("at once").expect("keys")
}
