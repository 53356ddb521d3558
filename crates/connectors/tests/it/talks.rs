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

use connectors::http::Http;
use connectors::payments::Gateway;
use connectors::providers::Provider;
use connectors::reach::Reach;
use tokio::time::Instant;
use url::{Origin, Url};

use crate::record::Recorded;

mod calls;
pub(crate) mod payments;
mod providers;

pub(crate) use providers::works;

/// In every text that is to stay between us and the peer.
const SECRET: &str = "SECRET";

/// No act may take longer, however silent the peer is: two questions of two minutes.
const PATIENCE: Duration = Duration::from_secs(240);

/// Whom we talk with.
enum Peer {
    Provider(Arc<dyn Provider>),
    Gateway(Arc<dyn Gateway>),
}

impl Peer {
    /// Everyone in either `all`.
    fn all() -> Vec<Self> {
        let providers = connectors::providers::all(providers::access);
        let gateways = connectors::payments::all(payments::access);
        let providers = providers.into_iter().map(Self::Provider);
        providers.chain(gateways.into_iter().map(Self::Gateway)).collect()
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Provider(it) => it.name(),
            Self::Gateway(it) => it.name(),
        }
    }

    fn trusted(&self) -> Vec<Origin> {
        match self {
            Self::Provider(it) => providers::trusted(it.as_ref()),
            Self::Gateway(it) => payments::trusted(it.as_ref()),
        }
    }
}

/// Where a made-up peer lives.
fn at(what: &str, name: &str) -> Url {
    Url::parse(&format!("https://{what}.{name}.test")).expect("well made")
}

fn talks() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/talks")
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says whether to rewrite")]
async fn talks_are_as_recorded() {
    let peers = Peer::all();
    let mut wrong = Vec::new();
    for folder in fs::read_dir(talks()).expect("the talks are there") {
        let folder = folder.expect("readable").path();
        let name = folder.file_name().and_then(|it| it.to_str()).expect("a name").to_owned();
        let peer = peers.iter().find(|it| it.name() == name);
        let peer = peer.unwrap_or_else(|| panic!("talks of `{name}`, who isn't in `all`"));
        let mut files: Vec<_> = fs::read_dir(&folder)
            .expect("readable")
            .map(|it| it.expect("readable").path())
            .collect();
        files.sort();
        for file in files {
            let recorded = fs::read_to_string(&file).expect("text");
            let played = play(peer, &recorded).await;
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
fn every_peer_has_talks() {
    for peer in Peer::all() {
        let folder = talks().join(peer.name());
        let count = fs::read_dir(&folder).map_or(0, Iterator::count);
        assert!(0 < count, "record talks with `{}` in {}", peer.name(), folder.display());
    }
}

/// Plays a talk and writes it down again.
async fn play(peer: &Peer, talk: &str) -> String {
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
        let (said, came) = perform(peer, &Words::of(act), answers).await;
        for secret in [SECRET, payments::PHONE, &payments::credentials()] {
            assert!(!came.contains(secret), "a secret got out: {act}: {came}");
        }
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
async fn perform(peer: &Peer, words: &Words<'_>, answers: Vec<String>) -> (Vec<String>, String) {
    let body = answers.first().map_or("", String::as_str);
    let came = match peer {
        Peer::Provider(it) if words.verb == "called" => {
            Some(calls::called(it.as_ref(), words, body))
        }
        Peer::Gateway(it) if words.verb == "noted" => Some(text(it.notification(body.as_bytes()))),
        Peer::Provider(_) | Peer::Gateway(_) => None,
    };
    if let Some(came) = came {
        return (answers.iter().map(|it| format!("< {it}")).collect(), came);
    }
    let transport = Arc::new(Recorded::new(&answers));
    let http = Http::over(transport.clone(), Reach::Public { trusted: peer.trusted() });
    let begun = Instant::now();
    let came = match peer {
        Peer::Provider(it) => providers::perform(it.as_ref(), &http, words).await,
        Peer::Gateway(it) => payments::perform(it.as_ref(), &http, words).await,
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
