//! Trainings at Replicate: a model of our own to put them into, private, and what the trainer takes.

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Hook, Order, Replicate, answers, json, no_result, unexpected};
use crate::http::Http;
use crate::providers::numbers::decimal;
use crate::providers::{ProviderError, RemoteFile, Trained, TrainingWork};

/// The trainer whose words we know; a version of it may follow after a colon.
const TRAINER: &str = "ostris/flux-dev-lora-trainer";

/// All trainings are versions of one model: an account may have a thousand models, not more.
const DESTINATION: &str = "atelier-avatars";

/// What its versions run on, the better first. Not every account may have it.
const HARDWARE: [&str; 2] = ["gpu-h100", "gpu-l40s"];

const ACCOUNT: &str = "asking who we are";
const MODEL: &str = "asking for our model";
const MAKING: &str = "making our model";
const VERSION: &str = "asking for the trainer";

pub(super) fn is_trainer(workflow: &str) -> bool {
    named(workflow).0 == TRAINER
}

/// A workflow's model, and the version if one is pinned.
fn named(workflow: &str) -> (&str, Option<&str>) {
    workflow.split_once(':').map_or((workflow, None), |(model, version)| (model, Some(version)))
}

#[derive(Serialize)]
struct Wanted<'a> {
    destination: String,
    input: Input<'a>,
    #[serde(flatten)]
    hook: Option<Hook<'a>>,
}

#[derive(Serialize)]
struct Input<'a> {
    input_images: &'a str,
    trigger_word: &'a str,
    autocaption: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    learning_rate: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lora_rank: Option<u32>,
}

/// What begins a training. Before it, finds or makes the private model that it goes into.
pub(super) async fn order(
    replicate: &Replicate,
    http: &Http,
    work: &TrainingWork,
) -> Result<Order, ProviderError> {
    let (model, pinned) = named(&work.workflow);
    if model != TRAINER {
        return Err(unexpected("Replicate has no such trainer as far as we know"));
    }
    if work.trigger_word.trim().is_empty() {
        return Err(unexpected("a training needs a trigger word"));
    }
    let account: Account = replicate.get(http, ACCOUNT, "account").await?;
    let owner = account.username;
    if !is_name(&owner) {
        let cause = format!("{ACCOUNT}: the name is none");
        return Err(ProviderError::Unexpected { cause });
    }
    own_model(replicate, http, &owner).await?;
    let version = match pinned {
        Some(version) => version.to_owned(),
        None => {
            let trainer: Model = replicate.get(http, VERSION, &format!("models/{TRAINER}")).await?;
            trainer.latest_version.map(|it| it.id).unwrap_or_default()
        }
    };
    if !is_version(&version) {
        return Err(unexpected("the trainer has no such version"));
    }
    let settings = &work.settings;
    let wanted = Wanted {
        destination: format!("{owner}/{DESTINATION}"),
        input: Input {
            input_images: &work.archive_url,
            trigger_word: &work.trigger_word,
            autocaption: true,
            steps: settings.steps,
            learning_rate: settings.learning_rate_millionths.map(|it| decimal(it, 6)),
            lora_rank: settings.lora_rank,
        },
        hook: Hook::of(work.webhook_url.as_deref()),
    };
    let path = format!("models/{TRAINER}/versions/{version}/trainings");
    Ok(Order { path, json: json(&wanted) })
}

#[derive(Deserialize)]
struct Account {
    username: String,
}

#[derive(Deserialize)]
struct Model {
    visibility: Option<String>,
    latest_version: Option<Version>,
}

#[derive(Deserialize)]
struct Version {
    id: String,
}

#[derive(Serialize)]
struct NewModel<'a> {
    owner: &'a str,
    name: &'a str,
    visibility: &'a str,
    hardware: &'a str,
}

impl Model {
    /// Who owns a public model has published the faces that are trained into it.
    fn private(self) -> Result<(), ProviderError> {
        match self.visibility.as_deref() {
            Some("private") => Ok(()),
            Some("public") => Err(ProviderError::Closed {
                cause: format!("{MODEL}: `{DESTINATION}` is public, and faces may not be"),
            }),
            _ => Err(ProviderError::Unexpected {
                cause: format!("{MODEL}: nobody says whether it is private"),
            }),
        }
    }
}

/// Sees to it that there is a private model of ours.
async fn own_model(replicate: &Replicate, http: &Http, owner: &str) -> Result<(), ProviderError> {
    if let Some(model) = find(replicate, http, owner).await? {
        return model.private();
    }
    let mut refused = None;
    for hardware in HARDWARE {
        let new = NewModel { owner, name: DESTINATION, visibility: "private", hardware };
        let request = replicate.request(Method::POST, replicate.url("models"), Some(json(&new)))?;
        let answer = replicate.ask(http, MAKING, request).await?;
        match answer.code {
            // Somebody else has made it meanwhile.
            StatusCode::CONFLICT => break,
            // The same, or it can't have that hardware.
            StatusCode::UNPROCESSABLE_ENTITY => {
                refused = Some(answers::cause(MAKING, &answer));
            }
            _ => return answers::readable::<Model>(MAKING, &answer)?.private(),
        }
    }
    match find(replicate, http, owner).await? {
        Some(model) => model.private(),
        None => Err(ProviderError::Unexpected {
            cause: refused.unwrap_or(format!("{MAKING}: it is said to be there, and isn't")),
        }),
    }
}

async fn find(
    replicate: &Replicate,
    http: &Http,
    owner: &str,
) -> Result<Option<Model>, ProviderError> {
    let url = replicate.url(&format!("models/{owner}/{DESTINATION}"));
    let answer = replicate.ask(http, MODEL, replicate.request(Method::GET, url, None)?).await?;
    if answer.code == StatusCode::NOT_FOUND {
        return Ok(None);
    }
    answers::readable(MODEL, &answer).map(Some)
}

/// Whether it may be a part of an address.
fn is_name(text: &str) -> bool {
    let is_part = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.');
    (1..=64).contains(&text.len())
        && text.bytes().all(is_part)
        && !text.bytes().all(|it| it == b'.')
}

fn is_version(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_hexdigit())
}

#[derive(Deserialize)]
struct Output {
    version: String,
    weights: String,
}

/// What a training has given: a version of our model, and its weights in an archive.
pub(super) fn trained(output: Value) -> Result<Trained, ProviderError> {
    let output: Output =
        serde_json::from_value(output).map_err(|_| no_result("there is no model in it"))?;
    if output.version.is_empty() || output.weights.is_empty() {
        return Err(no_result("there is no model in it"));
    }
    let weights = RemoteFile { url: output.weights, name: None, bytes: None };
    Ok(Trained::Archive { weights, id: output.version })
}
