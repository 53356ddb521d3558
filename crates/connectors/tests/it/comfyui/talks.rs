//! Talks with a ComfyUI: text files of what it does and when, what we sent and what came of it.
//!
//! `~` is what we do. What it does stands below: `<` how it answers a request from now on, `!` what
//! it says on the websocket, `@` after which request, or how much later, the rest comes. What we
//! sent (`>`), saw (`-`) and made of it (`=`), each with its time, is written by
//! `UPDATE=1 cargo test -p connectors` and read by a person in the diff.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use connectors::comfyui::{Limits, Outcome, Output, Step};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::Message;

use super::peer::{Peer, Turn};
use super::{ID, comfy, image, job, limits};

/// How it answers until it is told otherwise: idle, and ready to take what comes.
const IDLE: &[(&str, &str)] = &[
    ("GET /history/$ID", "200 {}"),
    ("GET /queue", r#"200 {"queue_running":[],"queue_pending":[]}"#),
    ("GET /view", "200 GIF89a"),
    ("GET /ws", "101"),
    ("POST /free", "200"),
    ("POST /history", "200"),
    ("POST /interrupt", "200"),
    ("POST /prompt", r#"200 {"prompt_id":"$ID","number":1,"node_errors":{}}"#),
    ("POST /queue", "200"),
    ("POST /upload/image", r#"200 {"name":"in.png","subfolder":"","type":"input"}"#),
];

/// Answers and words that many talks have, by a name.
const SHORT: &[(&str, &str)] = &[
    ("$idle", r#"200 {"queue_running":[],"queue_pending":[]}"#),
    ("$running", r#"200 {"queue_running":[[1,"$ID",{},{},["9"]]],"queue_pending":[]}"#),
    (
        "$waiting",
        r#"200 {"queue_running":[[1,"other",{},{},[]]],"queue_pending":[[2,"$ID",{},{},["9"]]]}"#,
    ),
    ("$other", r#"200 {"queue_running":[[1,"other",{},{},[]]],"queue_pending":[]}"#),
    (
        "$done",
        r#"200 {"$ID":{"outputs":{"9":{"images":[{"filename":"a.gif","subfolder":"","type":"output"}]}},"status":{"status_str":"success","completed":true,"messages":[]}}}"#,
    ),
    ("$over", r#"{"type":"executing","data":{"node":null,"prompt_id":"$ID"}}"#),
    ("$success", r#"{"type":"execution_success","data":{"prompt_id":"$ID"}}"#),
    ("$start", r#"{"type":"execution_start","data":{"prompt_id":"$ID"}}"#),
];

/// Longer requests are written once.
const LONG: usize = 120;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/comfyui")
}

/// One test for each file.
macro_rules! talks {
    ($($name:ident)*) => {
        const TALKS: &[&str] = &[$(stringify!($name)),*];
        $(
            #[tokio::test(start_paused = true)]
            async fn $name() {
                check(stringify!($name)).await;
            }
        )*
    };
}

talks! {
    a_cached_prompt_is_fetched
    a_prompt_is_done
    a_prompt_is_not_handed_in_twice
    f53_errors_end_it_in_seconds
    f54_a_silent_websocket_is_done_without
    f57_silence_of_the_running_prompt_is_a_hang
    f58_a_restarted_server_has_lost_it
    f91_only_ours_is_stopped
    files_are_fetched
    images_are_uploaded
    it_may_be_away
    others_words_count_for_nothing
    progress_never_goes_back
    refusals
}

#[test]
fn every_talk_is_played() {
    let mut files: Vec<_> = fs::read_dir(folder())
        .expect("the talks are there")
        .map(|it| it.expect("readable").file_name().into_string().expect("a name"))
        .collect();
    files.sort();
    assert_eq!(files, TALKS.iter().map(|it| format!("{it}.talk")).collect::<Vec<_>>());
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says whether to rewrite")]
async fn check(name: &str) {
    let file = folder().join(format!("{name}.talk"));
    let recorded = fs::read_to_string(&file).expect("text");
    let played = play(&recorded).await;
    if recorded == played {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &played).expect("writable");
        return;
    }
    let differing = recorded.lines().zip(played.lines()).find(|(was, is)| was != is);
    panic!(
        "{name}: not as recorded; if this is meant, run `UPDATE=1 cargo test -p connectors` and \
         read the diff:\n{differing:#?}"
    );
}

async fn play(talk: &str) -> String {
    let mut played = String::new();
    let mut sent = HashSet::new();
    let mut lines = talk.lines().peekable();
    while let Some(line) = lines.next() {
        played.push_str(line);
        played.push('\n');
        let Some(act) = line.strip_prefix("~ ") else {
            assert!(line.is_empty() || line.starts_with('#'), "neither comment nor act: {line}");
            continue;
        };
        let mut turns: Vec<_> = IDLE
            .iter()
            .map(|(request, answer)| Turn::Answer(full(request), full(answer)))
            .collect();
        while let Some(line) = lines.next_if(|it| it.starts_with(['<', '!', '@', '>', '-', '='])) {
            if line.starts_with(['<', '!', '@']) {
                turns.extend(read(line));
                played.push_str(line);
                played.push('\n');
            }
        }
        for line in perform(act, turns).await {
            played.push_str(&shortened(line, &mut sent));
            played.push('\n');
        }
    }
    played
}

/// Of a long request that was seen before in the same talk, its name and time will do.
fn shortened(line: String, sent: &mut HashSet<String>) -> String {
    let what = line.rsplit_once(' ').filter(|_| LONG < line.len() && line.starts_with("> "));
    let Some((what, time)) = what else { return line };
    if sent.insert(what.to_owned()) {
        return line;
    }
    let name = what.splitn(4, ' ').take(3).collect::<Vec<_>>().join(" ");
    format!("{name} (as before) {time}")
}

/// A text with what its short names stand for.
fn full(text: &str) -> String {
    let text = SHORT.iter().fold(text.to_owned(), |text, (name, it)| text.replace(name, it));
    text.replace("$ID", ID)
}

fn read(line: &str) -> Vec<Turn> {
    let (sign, rest) = line.split_once(' ').expect("a sign and a blank");
    match sign {
        "<" => {
            let mut words = rest.splitn(3, ' ');
            let (method, path) = words.next().zip(words.next()).expect("a request");
            vec![Turn::Answer(full(&format!("{method} {path}")), full(words.next().expect("one")))]
        }
        "!" => vec![match rest.split_once(' ') {
            _ if rest == "close" => Turn::Close,
            Some(("binary", hex)) => Turn::Say(Message::binary(hex::decode(hex).expect("hex"))),
            _ => Turn::Say(Message::text(full(rest))),
        }],
        "@" => {
            let (request, span) = match rest.split_once('+') {
                Some((request, span)) => (request.trim(), Some(span)),
                None => (rest, None),
            };
            let request = (!request.is_empty()).then(|| Turn::Until(full(request)));
            let span = span.map(|it| it.strip_suffix("ms").expect("ms").parse().expect("a number"));
            let span = span.map(|it| Turn::After(Duration::from_millis(it)));
            request.into_iter().chain(span).collect()
        }
        _ => panic!("no such line: {line}"),
    }
}

async fn perform(act: &str, turns: Vec<Turn>) -> Vec<String> {
    let mut words = act.split(' ');
    let verb = words.next().expect("a verb");
    let pairs: Vec<_> = words.map(|it| it.split_once('=').expect("key=value")).collect();
    let get = |key: &str| pairs.iter().find(|it| it.0 == key).map(|it| it.1);
    let span = |key: &str| get(key).map(|it| Duration::from_millis(it.parse().expect("ms")));
    let peer = Peer::new(turns);
    let (http, comfy) = (peer.http(), comfy());
    let came = match verb {
        "free" => format!("{:?}", comfy.free(&http).await),
        "put_away" => format!("{:?}", comfy.put_away(&http, ID).await),
        "run" => {
            let mut job = job();
            job.images = get("image").map(image).into_iter().collect();
            job.prompt_id = get("id").unwrap_or(ID).to_owned();
            job.output = get("output").unwrap_or("9").to_owned();
            let usual = limits();
            let limits = Limits {
                time: span("time").unwrap_or(usual.time),
                silence: span("silence").unwrap_or(usual.silence),
                away: span("away").unwrap_or(usual.away),
                ..usual
            };
            let stop = span("stop").map(|it| Instant::now() + it);
            let stop = async {
                match stop {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            let seen = peer.clone();
            let mut see = |step: Step| seen.note(&format!("- {}", shown(step)));
            told(comfy.run(&http, &job, limits, &mut see, stop).await)
        }
        other => panic!("no such act: {other}"),
    };
    peer.note(&format!("= {came}"));
    assert_eq!(
        peer.left(),
        0,
        "the talk ended before its script: {act}\n{}",
        peer.lines().join("\n")
    );
    let lines = peer.lines().into_iter().map(|it| it.replace(ID, "$ID"));
    // Asked again and again, the same is told once.
    let mut short: Vec<(String, u32)> = Vec::new();
    for line in lines {
        let what = |it: &str| it.rsplit_once(' ').map(|it| it.0.to_owned());
        match short.last_mut().filter(|it| what(&it.0) == what(&line)) {
            Some((last, times)) => (*last, *times) = (line, *times + 1),
            None => short.push((line, 1)),
        }
    }
    let told = short.into_iter();
    told.map(|(it, times)| if times == 1 { it } else { format!("{it} (the last of {times})") })
        .collect()
}

fn shown(step: Step) -> String {
    let percent = step.percent.map(|it| format!("{it}%"));
    let steps = step.step.map(|(step, of)| format!("step {step} of {of}"));
    let place = step.place.map(|it| format!("{it} before us"));
    percent.into_iter().chain(steps).chain(place).collect::<Vec<_>>().join(", ")
}

fn told(outcome: Outcome) -> String {
    match outcome {
        Outcome::Done(files) => {
            let file = |it: &Output| format!("{} of {} bytes", it.content_type, it.bytes.len());
            format!("Done: {}", files.iter().map(file).collect::<Vec<_>>().join(", "))
        }
        other => format!("{other:?}"),
    }
}
