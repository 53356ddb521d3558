//! Handing a prompt in: its images first, then the graph that names them.

use std::time::Duration;

use http::{HeaderValue, Method, StatusCode, header};
use reqwest::Request;
use serde::Deserialize;
use serde_json::{Value, json};

use super::asking::{Place, is_gateways};
use super::verdict::{nodes_refused, refused};
use super::{Comfy, ComfyError, Fate, Input, Job, Outcome, Trouble};
use crate::http::{Answer, Body, Http, Limits, TransportError};

/// As large as theirs may be on a slow disk.
const UPLOAD: Limits = Limits { time: Duration::from_secs(120), bytes: 1 << 20 };
/// To give up early is dear: it may have been taken. A refusal of a large graph is large.
const SUBMIT: Limits = Limits { time: Duration::from_secs(60), bytes: 8 << 20 };

const NAME_CHARS_MAX: usize = 100;

/// Under what name a file is kept.
#[derive(Deserialize)]
struct Kept {
    name: String,
    #[serde(default)]
    subfolder: String,
}

#[derive(Deserialize)]
struct Taken {
    prompt_id: String,
    #[serde(default)]
    node_errors: Value,
}

/// What came of handing in.
pub(super) enum Handed {
    Taken,
    /// A part of the graph runs, but it is of no use.
    InPart(Outcome),
    Not(Outcome),
}

impl Comfy {
    /// Whether it has the prompt already: the same one handed in twice would be done twice.
    pub(super) async fn has(&self, http: &Http, prompt_id: &str) -> Result<bool, ComfyError> {
        if self.place(http, prompt_id).await? != Place::Nowhere {
            return Ok(true);
        }
        Ok(self.history(http, prompt_id).await?.is_some())
    }

    /// Uploads the images. The answer is the graph with their names.
    pub(super) async fn prepare(&self, http: &Http, job: &Job) -> Result<Value, Outcome> {
        let mut graph = job.graph.clone();
        for image in &job.images {
            let node = graph.get_mut(&image.node).and_then(|it| it.get_mut("inputs"));
            let inputs = node.and_then(Value::as_object_mut);
            let inputs = inputs.ok_or_else(|| failed("the graph has no such node for an image"))?;
            let name = self.upload(http, job, image).await?;
            inputs.insert(image.input.clone(), Value::String(name));
        }
        Ok(graph)
    }

    async fn upload(&self, http: &Http, job: &Job, image: &Input) -> Result<String, Outcome> {
        let answer = http.call(self.form(job, image), UPLOAD).await;
        let answer = answer.map_err(|it| nothing_handed_in(it.into()))?;
        match answer.code {
            code if is_gateways(code) => {
                let reason = format!("answered {}", code.as_u16());
                Err(Outcome::Away { reason, fate: Fate::NothingHandedIn })
            }
            StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE => Err(Outcome::Failed {
                fault: Trouble::BadInput,
                reason: format!("it doesn't take an image: answered {}", answer.code.as_u16()),
            }),
            code if !code.is_success() => {
                Err(failed(&format!("an upload was answered {}", code.as_u16())))
            }
            _ => {
                let kept = answer.json::<Kept>().ok().filter(|it| !it.name.is_empty());
                let kept = kept.ok_or_else(|| failed("an upload has no name"))?;
                Ok(match kept.subfolder.as_str() {
                    "" => kept.name,
                    folder => format!("{folder}/{}", kept.name),
                })
            }
        }
    }

    fn form(&self, job: &Job, image: &Input) -> Request {
        // Nobody who has made the image knows the prompt's id.
        let boundary = format!("image-of-{}", job.prompt_id);
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"image\"; filename=\"{}\"\r\n\
             Content-Type: {}\r\n\r\n",
            fit(&image.name),
            fit_type(&image.content_type),
        );
        let foot = format!("\r\n--{boundary}--\r\n");
        let body = [head.as_bytes(), &image.bytes, foot.as_bytes()].concat();
        let mut request = Request::new(Method::POST, self.url("upload/image"));
        let form = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"));
        request
            .headers_mut()
            .insert(header::CONTENT_TYPE, form.expect("an id is letters and digits"));
        *request.body_mut() = Some(body.into());
        request
    }

    pub(super) async fn submit(&self, http: &Http, job: &Job, graph: Value) -> Handed {
        let body = json!({
            "prompt": graph,
            "client_id": job.client_id,
            "prompt_id": job.prompt_id,
        });
        let answer = match http.call(self.post("prompt", &body), SUBMIT).await {
            Ok(answer) => answer,
            Err(error @ (TransportError::Barred(_) | TransportError::NotSent(_))) => {
                return Handed::Not(nothing_handed_in(error.into()));
            }
            Err(error) => {
                return self.unanswered(http, job, ComfyError::from(error).reason()).await;
            }
        };
        match answer.code {
            code if is_gateways(code) => {
                self.unanswered(http, job, format!("answered {}", code.as_u16())).await
            }
            code if code.is_success() => self.taken(http, job, &answer).await,
            code => {
                // Of junk it says 500, in plain text.
                let said = answer.json().unwrap_or(Value::Null);
                let (fault, reason) = refused(job, code.as_u16(), &said);
                Handed::Not(Outcome::Failed { fault, reason })
            }
        }
    }

    async fn taken(&self, http: &Http, job: &Job, answer: &Answer) -> Handed {
        let Ok(taken) = answer.json::<Taken>() else {
            let reason = match answer.body {
                Body::BrokenOff(_) => "its answer broke off",
                Body::Whole(_) | Body::TooLarge => "its answer is not as known",
            };
            return self.unanswered(http, job, reason.to_owned()).await;
        };
        if taken.prompt_id != job.prompt_id {
            // It can't be found again, nor stopped.
            return Handed::Not(failed("it is too old: it gives prompts ids of its own"));
        }
        match nodes_refused(job, &json!({ "node_errors": taken.node_errors })) {
            Some((fault, reason)) => Handed::InPart(Outcome::Failed { fault, reason }),
            None => Handed::Taken,
        }
    }

    /// Whether it was taken although nobody said so.
    async fn unanswered(&self, http: &Http, job: &Job, reason: String) -> Handed {
        match self.has(http, &job.prompt_id).await {
            Ok(true) => Handed::Taken,
            // It may still be on its way.
            Ok(false) | Err(_) => Handed::Not(Outcome::Away { reason, fate: Fate::Unknown }),
        }
    }
}

pub(super) fn nothing_handed_in(error: ComfyError) -> Outcome {
    Outcome::Away { reason: error.reason(), fate: Fate::NothingHandedIn }
}

fn failed(what: &str) -> Outcome {
    Outcome::Failed { fault: Trouble::Node, reason: what.to_owned() }
}

/// A name that is the same on every disk. The one that counts is what it is kept under.
fn fit(name: &str) -> String {
    let is_fit = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    let name: String = name.chars().map(|it| if is_fit(it) { it } else { '_' }).collect();
    let name = name.trim_start_matches('.').replace("..", "_");
    let start = name.len().saturating_sub(NAME_CHARS_MAX);
    if name.is_empty() { "image".to_owned() } else { name[start..].to_owned() }
}

fn fit_type(content_type: &str) -> &str {
    let is_fit = |it: u8| it.is_ascii_alphanumeric() || b"/+-.".contains(&it);
    if content_type.bytes().all(is_fit) { content_type } else { "application/octet-stream" }
}
