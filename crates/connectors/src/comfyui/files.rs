//! The files that a prompt has made.

use std::time::Duration;

use http::{Method, StatusCode};
use reqwest::Request;
use serde_json::Value;
use tokio::time::sleep;

use super::verdict::broke;
use super::{Comfy, ComfyError, Fate, Job, Limits, Outcome, Output, Trouble};
use crate::http::{Body, Http, Limits as Bounds};

const FETCH_MAX: Duration = Duration::from_secs(120);

/// A file is asked for this often, and so long after.
const FETCHES_MAX: usize = 3;
const FETCH_AGAIN: Duration = Duration::from_millis(1_500);

/// Nobody orders more at once; a film is one.
const FILES_MAX: usize = 64;

/// What a prompt came to that has ended.
pub(super) async fn end(
    comfy: &Comfy,
    http: &Http,
    job: &Job,
    limits: &Limits,
    entry: &Value,
) -> Outcome {
    if let Some(failed) = failure(job, entry) {
        return failed;
    }
    let files = files(&entry["outputs"][&job.output]);
    if files.is_empty() {
        return none("the output node has made no file");
    }
    if FILES_MAX < files.len() {
        let reason = "it has made more files than may be".to_owned();
        return Outcome::Failed { fault: Trouble::Node, reason };
    }
    let mut outputs = Vec::new();
    for file in files {
        match fetch(comfy, http, limits, &file).await {
            Ok(output) => outputs.push(output),
            Err(outcome) => return outcome,
        }
    }
    Outcome::Done(outputs)
}

/// How a history tells that it went wrong. Older ones may tell nothing: then the files decide.
fn failure(job: &Job, entry: &Value) -> Option<Outcome> {
    if entry["status"]["status_str"] != "error" {
        return None;
    }
    let messages = entry["status"]["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let said = |kind: &str| messages.iter().find(|it| it[0] == kind).map(|it| &it[1]);
    if let Some(error) = said("execution_error") {
        let (fault, reason) = broke(job, error);
        return Some(Outcome::Failed { fault, reason });
    }
    if said("execution_interrupted").is_some() {
        return Some(interrupted());
    }
    let reason = "it failed and doesn't tell why".to_owned();
    Some(Outcome::Failed { fault: Trouble::Node, reason })
}

pub(super) fn interrupted() -> Outcome {
    let reason = "somebody else has interrupted it".to_owned();
    Outcome::Failed { fault: Trouble::Node, reason }
}

fn none(what: &str) -> Outcome {
    Outcome::Failed { fault: Trouble::NoOutput, reason: what.to_owned() }
}

/// Where a file is.
#[derive(PartialEq, Eq)]
struct Place<'a> {
    name: &'a str,
    folder: &'a str,
    kind: &'a str,
}

/// Whatever of a node's output is a file of its own: pictures, films (which are called pictures,
/// too) and sounds.
fn files(output: &Value) -> Vec<Place<'_>> {
    let lists = output.as_object().into_iter().flat_map(|it| it.values());
    let mut files = Vec::new();
    for told in lists.filter_map(Value::as_array).flatten() {
        let text = |key: &str| told[key].as_str();
        let Some((name, kind)) = text("filename").zip(text("type")) else { continue };
        let file = Place { name, folder: text("subfolder").unwrap_or_default(), kind };
        if matches!(kind, "output" | "temp") && !name.is_empty() && !files.contains(&file) {
            files.push(file);
        }
    }
    files
}

async fn fetch(
    comfy: &Comfy,
    http: &Http,
    limits: &Limits,
    file: &Place<'_>,
) -> Result<Output, Outcome> {
    let mut url = comfy.url("view");
    url.query_pairs_mut()
        .append_pair("filename", file.name)
        .append_pair("subfolder", file.folder)
        .append_pair("type", file.kind);
    let bounds = Bounds { time: FETCH_MAX, bytes: limits.output_bytes };
    let mut reason = String::new();
    for attempt in 0..FETCHES_MAX {
        if 0 < attempt {
            sleep(FETCH_AGAIN).await;
        }
        let answer = match http.call(Request::new(Method::GET, url.clone()), bounds).await {
            Ok(answer) => answer,
            Err(error) => {
                reason = ComfyError::from(error).reason();
                continue;
            }
        };
        match (answer.code, answer.body) {
            (StatusCode::OK, Body::Whole(bytes)) if bytes.is_empty() => {
                return Err(none("a file is empty"));
            }
            (StatusCode::OK, Body::Whole(bytes)) => {
                return Ok(Output { content_type: content_type(&bytes), bytes: bytes.into() });
            }
            (StatusCode::OK, Body::TooLarge) => {
                let reason = "a file is larger than may be".to_owned();
                return Err(Outcome::Failed { fault: Trouble::Node, reason });
            }
            (StatusCode::OK, Body::BrokenOff(_)) => reason = "a file broke off".to_owned(),
            // Found in a cache, but deleted since.
            (StatusCode::NOT_FOUND, _) => return Err(none("a file is gone")),
            (code, _) => reason = format!("a file was answered {}", code.as_u16()),
        }
    }
    Err(Outcome::Away { reason, fate: Fate::Unknown })
}

/// What a file is, by its first bytes.
fn content_type(bytes: &[u8]) -> &'static str {
    let inner = bytes.get(8..12).unwrap_or_default();
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', ..] if inner == b"WEBP" => "image/webp",
        [b'R', b'I', b'F', b'F', ..] if inner == b"WAVE" => "audio/wav",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] if inner == b"avif" => "image/avif",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        [0x1a, 0x45, 0xdf, 0xa3, ..] => "video/webm",
        [b'f', b'L', b'a', b'C', ..] => "audio/flac",
        [b'O', b'g', b'g', b'S', ..] => "audio/ogg",
        [b'I', b'D', b'3', ..] | [0xff, 0xfa | 0xfb | 0xf2 | 0xf3, ..] => "audio/mpeg",
        _ => "application/octet-stream",
    }
}
