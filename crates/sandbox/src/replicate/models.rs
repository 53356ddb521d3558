//! The account, its models and those of others, their versions, the hardware, and the secret of
//! webhooks (providers.md 2.2).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::faults::Call;
use super::inputs::{self, Field};
use super::refusals::{Complaint, Refusal};
use super::run::Run;
use super::{Replicate, Settings, World, moment};
use crate::drawing::{self, Avatar};

/// The trainer, with the version that is pinned most.
pub(super) const TRAINER: &str = "ostris/flux-dev-lora-trainer";
const TRAINER_VERSION: &str = "e440909d3512c31646ee2e0c7d6f6f4923224863a6a10c494606e79fb5844497";
/// The official model that makes pictures with weights that it is given.
pub(super) const PICTURES: &str = "black-forest-labs/flux-dev-lora";

const COG_VERSION: &str = "0.9.20";
const NAME_LETTERS_MAX: usize = 100;
/// A limit of an account.
const MODELS_MAX: usize = 1000;

const HARDWARE: [(&str, &str); 7] = [
    ("cpu", "CPU"),
    ("gpu-t4", "Nvidia T4 GPU"),
    ("gpu-a40-small", "Nvidia A40 GPU"),
    ("gpu-a40-large", "Nvidia A40 (Large) GPU"),
    ("gpu-l40s", "Nvidia L40S GPU"),
    ("gpu-a100-large", "Nvidia A100 (80GB) GPU"),
    ("gpu-h100", "Nvidia H100 GPU"),
];

pub(super) struct Model {
    pub(super) owner: String,
    name: String,
    /// What may be left out when a model is made.
    texts: Value,
    visibility: String,
    pub(super) run_count: u64,
    /// Oldest first.
    pub(super) versions: Vec<Version>,
    pub(super) takes: Takes,
}

/// What can be done with a model.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Photos,
    /// And may be run without naming a version.
    PromptsOfAll,
    Prompts,
}

pub(super) struct Version {
    pub(super) id: String,
    created_at: i64,
    pub(super) avatar: Option<Avatar>,
}

const TEXTS: [&str; 5] =
    ["description", "github_url", "paper_url", "license_url", "cover_image_url"];

pub(super) fn routes() -> Router<Arc<Replicate>> {
    Router::new()
        .route("/v1/account", get(account))
        .route("/v1/hardware", get(hardware))
        .route("/v1/webhooks/default/secret", get(secret))
        .route("/v1/models", get(list).post(create))
        .route("/v1/models/{owner}/{name}", get(one))
        .route("/v1/models/{owner}/{name}/versions", get(versions))
        .route("/v1/models/{owner}/{name}/versions/{id}", get(version).delete(remove))
}

/// The models that are there from the beginning.
pub(super) fn public(settings: &Settings) -> BTreeMap<String, Model> {
    let model = |path: &str, version: String, takes, description: &str| {
        let (owner, name) = path.split_once('/').unwrap_or((path, ""));
        let model = Model {
            owner: owner.to_owned(),
            name: name.to_owned(),
            texts: json!({ "description": description }),
            visibility: "public".to_owned(),
            run_count: 0,
            versions: vec![Version { id: version, created_at: 0, avatar: None }],
            takes,
        };
        (path.to_owned(), model)
    };
    let pictures = settings.version(PICTURES);
    BTreeMap::from([
        model(TRAINER, TRAINER_VERSION.to_owned(), Takes::Photos, "Fine-tune FLUX.1-dev"),
        model(PICTURES, pictures, Takes::PromptsOfAll, "FLUX.1-dev with LoRA weights"),
    ])
}

impl Model {
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    fn wire(&self) -> Value {
        let mut wire = json!({
            "url": format!("https://replicate.com/{}", self.path()),
            "owner": self.owner,
            "name": self.name,
            "visibility": self.visibility,
            "run_count": self.run_count,
            "default_example": null,
            "latest_version": self.versions.last().map(|it| it.wire(self.takes)),
        });
        for name in TEXTS {
            wire[name] = self.texts[name].clone();
        }
        wire
    }

    pub(super) fn version(&self, id: &str) -> Option<&Version> {
        self.versions.iter().find(|it| it.id == id)
    }
}

impl Version {
    fn wire(&self, takes: Takes) -> Value {
        json!({
            "id": self.id,
            "created_at": moment(self.created_at),
            "cog_version": COG_VERSION,
            "openapi_schema": schema(takes),
        })
    }
}

fn schema(takes: Takes) -> Value {
    let links = json!({
        "type": "array", "title": "Output", "items": { "type": "string", "format": "uri" },
    });
    let mut schemas = json!({
        "Input": inputs::schema(inputs::PICTURES, "Input"),
        "Output": links,
    });
    if takes == Takes::Photos {
        schemas["TrainingInput"] = inputs::schema(inputs::TRAINER, "TrainingInput");
        schemas["TrainingOutput"] = json!({
            "type": "object",
            "title": "TrainingOutput",
            "required": ["weights"],
            "properties": { "weights": { "type": "string", "format": "uri", "title": "Weights" } },
        });
    }
    json!({
        "openapi": "3.0.2",
        "info": { "title": "Cog", "version": "0.1.0" },
        "paths": {},
        "components": { "schemas": schemas },
    })
}

impl World {
    /// A version of any model, by its id alone, and the model that it is of.
    pub(super) fn version(&self, id: &str) -> Option<(&Model, &Version)> {
        self.models.values().find_map(|model| Some((model, model.version(id)?)))
    }

    /// Whom a version knows: `owner/model`, `owner/model/version` or `owner/model:version`.
    pub(super) fn version_named(&self, name: &str) -> Option<Avatar> {
        let (owner, rest) = name.split_once('/')?;
        let (model, id) = match rest.split_once(['/', ':']) {
            Some((model, id)) => (model, Some(id)),
            None => (rest, None),
        };
        let model = self.models.get(&format!("{owner}/{model}"))?;
        match id {
            Some(id) => model.version(id)?.avatar.clone(),
            None => model.versions.last()?.avatar.clone(),
        }
    }

    /// Gives the destination of a training its version.
    pub(super) fn add_version(&mut self, run: &Run, now: i64, settings: &Settings) {
        let destination = run.destination.as_deref().unwrap_or_default();
        let Some(model) = self.models.get_mut(destination) else { return };
        model.versions.push(Version {
            id: settings.version(&run.id),
            created_at: now,
            avatar: Some(Avatar {
                name: run.trigger_word().to_owned(),
                likeness: drawing::likeness(&run.weights_at(now).safetensors()),
            }),
        });
    }
}

async fn account(
    State(replicate): State<Arc<Replicate>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    admit(&replicate, &headers).await?;
    let name = &replicate.settings.account;
    Ok(Json(json!({ "type": "user", "username": name, "name": name, "github_url": null })))
}

async fn hardware(
    State(replicate): State<Arc<Replicate>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    admit(&replicate, &headers).await?;
    Ok(Json(HARDWARE.iter().map(|(sku, name)| json!({ "sku": sku, "name": name })).collect()))
}

async fn secret(
    State(replicate): State<Arc<Replicate>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    admit(&replicate, &headers).await?;
    Ok(Json(json!({ "key": replicate.webhook_secret() })))
}

async fn list(
    State(replicate): State<Arc<Replicate>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    admit(&replicate, &headers).await?;
    let world = replicate.world();
    let is_shown =
        |it: &&Model| it.visibility == "public" || it.owner == replicate.settings.account;
    let shown: Vec<_> = world.models.values().filter(is_shown).map(Model::wire).collect();
    Ok(Json(json!({ "next": null, "previous": null, "results": shown })))
}

async fn create(
    State(replicate): State<Arc<Replicate>>,
    headers: HeaderMap,
    body: String,
) -> Result<Response, Refusal> {
    admit(&replicate, &headers).await?;
    let asked = parse(&body)?;
    check_new(&asked)?;
    let text = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
    let (owner, name) = (text("owner"), text("name"));
    if owner != replicate.settings.account {
        return Err(Refusal::forbidden(&format!("You can't create models for {owner}.")));
    }
    let model = Model {
        owner,
        name,
        texts: TEXTS.iter().map(|it| ((*it).to_owned(), asked[it].clone())).collect(),
        visibility: text("visibility"),
        run_count: 0,
        versions: Vec::new(),
        takes: Takes::Prompts,
    };
    let mut world = replicate.world();
    if world.models.contains_key(&model.path()) {
        return Err(Refusal::conflict("A model with that name and owner already exists"));
    }
    let own = world.models.values().filter(|it| it.owner == model.owner).count();
    if MODELS_MAX <= own {
        let text = format!("An account has at most {MODELS_MAX} models.");
        return Err(Refusal::forbidden(&text));
    }
    let wire = model.wire();
    world.models.insert(model.path(), model);
    Ok((StatusCode::CREATED, Json(wire)).into_response())
}

fn check_new(asked: &Value) -> Result<(), Refusal> {
    let is_name = |it: &str| {
        let is_letter =
            |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || b"-_.".contains(&it);
        !it.is_empty() && it.len() <= NAME_LETTERS_MAX && it.bytes().all(is_letter)
    };
    let is_sku = |sku: &str| HARDWARE.iter().any(|it| it.0 == sku);
    let is_visibility = |it: &str| matches!(it, "public" | "private");
    type Check<'a> = &'a dyn Fn(&str) -> bool;
    let checks: [(&str, Check<'_>, &str); 4] = [
        ("owner", &is_name, "Must be the name of an account"),
        ("name", &is_name, "Must consist of a-z, 0-9, dashes, underscores and periods"),
        ("visibility", &is_visibility, "Must be one of: \"public\", \"private\""),
        ("hardware", &is_sku, "Must be one of the SKUs of the hardware list"),
    ];
    let complaint = |(name, is_good, text): (&str, Check<'_>, &str)| {
        let field = name.to_owned();
        match asked[name].as_str() {
            None => {
                let text = format!("{name} is required");
                Some(Complaint { kind: "required", field, text })
            }
            Some(it) if is_good(it) => None,
            Some(_) => Some(Complaint { kind: "invalid", field, text: text.to_owned() }),
        }
    };
    let complaints: Vec<_> = checks.into_iter().filter_map(complaint).collect();
    if complaints.is_empty() { Ok(()) } else { Err(Refusal::invalid(&complaints)) }
}

async fn one(
    State(replicate): State<Arc<Replicate>>,
    Path((owner, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    with_model(&replicate, &headers, &format!("{owner}/{name}"), |it| Ok(it.wire())).await
}

async fn versions(
    State(replicate): State<Arc<Replicate>>,
    Path((owner, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    with_model(&replicate, &headers, &format!("{owner}/{name}"), |model| {
        let all: Vec<_> = model.versions.iter().rev().map(|it| it.wire(model.takes)).collect();
        Ok(json!({ "next": null, "previous": null, "results": all }))
    })
    .await
}

/// Deletes a version of one's own model (HTTP API, `models.versions.delete`: 202).
async fn remove(
    State(replicate): State<Arc<Replicate>>,
    Path((owner, name, id)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    admit(&replicate, &headers).await?;
    if owner != replicate.settings.account {
        return Err(Refusal::forbidden(&format!("You can't delete versions of {owner}.")));
    }
    let mut world = replicate.world();
    let model = world.models.get_mut(&format!("{owner}/{name}"));
    let before = model.as_ref().map_or(0, |it| it.versions.len());
    let model = model.ok_or_else(no_model)?;
    model.versions.retain(|it| it.id != id);
    if model.versions.len() == before {
        return Err(no_version());
    }
    Ok(StatusCode::ACCEPTED)
}

async fn version(
    State(replicate): State<Arc<Replicate>>,
    Path((owner, name, id)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    with_model(&replicate, &headers, &format!("{owner}/{name}"), |model| {
        let version = model.version(&id).ok_or_else(no_version)?;
        Ok(version.wire(model.takes))
    })
    .await
}

pub(super) fn no_version() -> Refusal {
    Refusal::not_found("The specified version does not exist.")
}

pub(super) fn no_model() -> Refusal {
    Refusal::not_found("The specified model does not exist.")
}

async fn with_model(
    replicate: &Replicate,
    headers: &HeaderMap,
    path: &str,
    tell: impl FnOnce(&Model) -> Result<Value, Refusal>,
) -> Result<Json<Value>, Refusal> {
    admit(replicate, headers).await?;
    // A training that has just ended has given its destination a version.
    replicate.settle(None).await;
    let world = replicate.world();
    tell(world.models.get(path).ok_or_else(no_model)?).map(Json)
}

async fn admit(replicate: &Replicate, headers: &HeaderMap) -> Result<(), Refusal> {
    replicate.check_token(headers)?;
    replicate.interrupt(Call::Models, None).await
}

pub(super) fn parse(body: &str) -> Result<Value, Refusal> {
    serde_json::from_str(body)
        .map_err(|error| Refusal::bad_request(&format!("The body is not JSON: {error}.")))
}

/// Refuses an input that isn't for these fields.
pub(super) fn check(fields: &[Field], input: &Value) -> Result<(), Refusal> {
    let complaints = inputs::complaints(fields, input);
    if complaints.is_empty() { Ok(()) } else { Err(Refusal::invalid(&complaints)) }
}
