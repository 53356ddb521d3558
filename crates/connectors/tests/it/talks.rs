//! Talks: text files of what we did, what we sent, what they answered and what we made of it.
//!
//! `~` is what we do and `<` what they answer; `>` (what we sent) and `=` (what we made of it) are
//! written by `UPDATE=1 cargo test -p connectors` and read by a person in the diff.

use std::collections::HashSet;
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use connectors::http::Http;
use connectors::providers::{self, Access, Provider, Run, TrainingWork, Upload};
use connectors::reach::Reach;
use domain::catalog::TrainingSettings;
use domain::{Kind, Millis, Subject, TrainingId};
use ed25519_dalek::{Signer, SigningKey};
use futures::{StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use url::Url;

use crate::record::Recorded;

/// In every text that is to stay between us and the provider.
const SECRET: &str = "SECRET";
const NOW_SECONDS: i64 = 1_760_000_000;

/// No act may take longer, however silent the provider is: two questions of two minutes.
const PATIENCE: Duration = Duration::from_secs(240);

fn access(name: &str) -> Option<Access> {
    let at = |what: &str| Url::parse(&format!("https://{what}.{name}.test")).expect("well made");
    Some(Access {
        key: format!("key:{SECRET}").into(),
        queue_url: at("queue"),
        rest_url: at("rest"),
    })
}

fn talks() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/talks")
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says whether to rewrite")]
async fn talks_are_as_recorded() {
    let providers = providers::all(access);
    let mut wrong = Vec::new();
    for folder in fs::read_dir(talks()).expect("the talks are there") {
        let folder = folder.expect("readable").path();
        let name = folder.file_name().and_then(|it| it.to_str()).expect("a name").to_owned();
        let provider = providers.iter().find(|it| it.name() == name);
        let provider = provider.unwrap_or_else(|| panic!("talks of `{name}`, who isn't in `all`"));
        let mut files: Vec<_> = fs::read_dir(&folder)
            .expect("readable")
            .map(|it| it.expect("readable").path())
            .collect();
        files.sort();
        for file in files {
            let recorded = fs::read_to_string(&file).expect("text");
            let played = play(provider.as_ref(), &recorded).await;
            if recorded == played {
                continue;
            }
            if std::env::var_os("UPDATE").is_some() {
                fs::write(&file, &played).expect("writable");
                continue;
            }
            let differing = recorded.lines().zip(played.lines()).find(|(was, is)| was != is);
            wrong.push(format!("{}: {differing:#?}", file.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "not as recorded; if this is meant, run `UPDATE=1 cargo test -p connectors` and read the \
         diff:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_provider_has_talks() {
    for provider in providers::all(access) {
        let folder = talks().join(provider.name());
        let count = fs::read_dir(&folder).map_or(0, Iterator::count);
        assert!(0 < count, "record talks with `{}` in {}", provider.name(), folder.display());
    }
}

/// Plays a talk and writes it down again.
async fn play(provider: &dyn Provider, talk: &str) -> String {
    let mut played = String::new();
    let mut sent = HashSet::new();
    let mut lines = talk.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(act) = line.strip_prefix("~ ") else {
            assert!(
                line.is_empty() || line.starts_with('#'),
                "neither a comment nor part of an act: {line}"
            );
            played.push_str(line);
            played.push('\n');
            continue;
        };
        let mut answers = Vec::new();
        while let Some(line) = lines.next_if(|it| !it.is_empty() && !it.starts_with(['#', '~'])) {
            answers.extend(line.strip_prefix("< ").map(str::to_owned));
        }
        let (said, came) = perform(provider, &Words::of(act), answers).await;
        assert!(!came.contains(SECRET), "a secret got out: {act}: {came}");
        let said = shortened(said, &mut sent);
        for line in [line.to_owned()].into_iter().chain(said).chain([format!("= {came}")]) {
            played.push_str(&line);
            played.push('\n');
        }
    }
    played
}

/// Of a request that was seen before in the same talk, the first line up to its body will do.
fn shortened(said: Vec<String>, seen: &mut HashSet<Vec<String>>) -> Vec<String> {
    let mut short = Vec::new();
    for exchange in said.chunk_by(|line, next| line.starts_with('>') == next.starts_with('>')) {
        if exchange[0].starts_with('>') && !seen.insert(exchange.to_vec()) {
            let words = exchange[0].split(' ').skip(1).take(2).collect::<Vec<_>>().join(" ");
            short.push(format!("> {words} (as before)"));
        } else {
            short.extend_from_slice(exchange);
        }
    }
    short
}

/// Does one act and tells what was said on the wire, and what came of it.
async fn perform(
    provider: &dyn Provider,
    words: &Words<'_>,
    answers: Vec<String>,
) -> (Vec<String>, String) {
    if words.verb == "called" {
        let body = answers.first().map_or("", String::as_str);
        let said = answers.iter().map(|it| format!("< {it}")).collect();
        return (said, called(provider, words, body));
    }
    let access = access(provider.name()).expect("always");
    let trusted = vec![access.queue_url.origin(), access.rest_url.origin()];
    let transport = Arc::new(Recorded::new(&answers));
    let http = Http::over(transport.clone(), Reach::Public { trusted });
    let begun = Instant::now();
    let came = match words.verb {
        "submit" => text(provider.submit(&http, &work(words)).await),
        "run" => {
            text::<_, String>(Ok(provider.run(workflow(words), words.get("id").unwrap_or(""))))
        }
        "poll" => text(provider.poll(&http, &run(provider, words)).await),
        "cancel" => text(provider.cancel(&http, &run(provider, words)).await),
        "upload" => text(provider.upload(&http, archive(words)).await),
        "keys" => text(provider.keys(&http).await),
        "fetch" => fetch(&http, words).await,
        other => panic!("no such act: {other}"),
    };
    assert!(begun.elapsed() < PATIENCE, "{} took {:?}", words.verb, begun.elapsed());
    (transport.lines(), came)
}

fn text<T: Debug, E: Debug>(came: Result<T, E>) -> String {
    came.map_or_else(|it| format!("{it:?}"), |it| format!("{it:?}"))
}

/// `verb key=value key=value …`
struct Words<'a> {
    verb: &'a str,
    pairs: Vec<(&'a str, &'a str)>,
}

impl<'a> Words<'a> {
    fn of(act: &'a str) -> Self {
        let (verb, rest) = act.split_once(' ').unwrap_or((act, ""));
        let pairs = rest.split(' ').filter(|it| !it.is_empty());
        let pairs = pairs.map(|it| it.split_once('=').unwrap_or_else(|| panic!("key=value: {it}")));
        Self { verb, pairs: pairs.collect() }
    }

    fn get(&self, key: &str) -> Option<&'a str> {
        self.pairs.iter().find(|it| it.0 == key).map(|it| it.1)
    }

    fn read<T: FromStr>(&self, key: &str) -> Option<T> {
        self.get(key).map(|it| it.parse().unwrap_or_else(|_| panic!("{key}={it}")))
    }
}

fn workflow<'a>(words: &Words<'a>) -> &'a str {
    words.get("workflow").unwrap_or("fal-ai/flux-lora-portrait-trainer")
}

fn work(words: &Words<'_>) -> TrainingWork {
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
fn called(provider: &dyn Provider, words: &Words<'_>, body: &str) -> String {
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
fn keys(provider: &dyn Provider, keys: &[SigningKey]) -> providers::WebhookKeys {
    let keys = keys.iter().map(|it| {
        let x = URL_SAFE_NO_PAD.encode(it.verifying_key().as_bytes());
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#)
    });
    let answer = format!(r#"200 {{"keys":[{}]}}"#, keys.collect::<Vec<_>>().join(","));
    let transport = Recorded::new(&[answer]);
    let http = Http::over(Arc::new(transport), Reach::Public { trusted: Vec::new() });
    futures::FutureExt::now_or_never(provider.keys(&http)).expect("at once").expect("keys")
}
