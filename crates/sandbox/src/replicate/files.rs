//! Files that are uploaded to be inputs: kept for a day, in memory (providers.md 2.5).

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::faults::Call;
use super::refusals::Refusal;
use super::{Replicate, Settings, World, moment};

const KEPT_MS: i64 = 24 * 3_600_000;
const FILE_BYTES_MAX: usize = 100 << 20;
/// Beside the file: its metadata, and the form itself.
const FORM_BYTES_MAX: usize = FILE_BYTES_MAX + (1 << 20);
const NAME_BYTES_MAX: usize = 255;

pub(super) struct Kept {
    number: u64,
    id: String,
    name: String,
    content_type: String,
    metadata: Value,
    created_at: i64,
    pub(super) expires_at: i64,
    pub(super) bytes: Bytes,
}

pub(super) fn routes() -> Router<Arc<Replicate>> {
    Router::new()
        .route("/v1/files", get(list).post(upload))
        .route("/v1/files/{id}", get(one).delete(remove))
        .route("/v1/files/{id}/download", get(download))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

impl Kept {
    fn wire(&self, settings: &Settings) -> Value {
        let sum = hex::encode(Sha256::digest(&self.bytes));
        json!({
            "id": self.id,
            "name": self.name,
            "content_type": self.content_type,
            "size": self.bytes.len(),
            "etag": &sum[..32],
            "checksums": { "sha256": sum },
            "metadata": self.metadata,
            "created_at": moment(self.created_at),
            "expires_at": moment(self.expires_at),
            "urls": { "get": format!("{}/v1/files/{}", settings.base_url(), self.id) },
        })
    }
}

impl World {
    /// A file that is there at `now`.
    pub(super) fn file(&self, id: &str, now: i64) -> Option<&Kept> {
        self.files.values().find(|it| it.id == id && now < it.expires_at)
    }
}

impl Replicate {
    /// An address at which a file can be had without a token until `expiry` (unix seconds).
    pub fn download_url(&self, id: &str, expiry: i64) -> String {
        let signature = self.settings.download_signature(id, &expiry.to_string());
        let mut url = format!("{}/v1/files/{id}/download?", self.settings.base_url());
        url += &url::form_urlencoded::Serializer::new(String::new())
            .append_pair("owner", &self.settings.account)
            .append_pair("expiry", &expiry.to_string())
            .append_pair("signature", &signature)
            .finish();
        url
    }
}

impl Settings {
    /// The base64 of the HMAC of `owner id expiry`.
    fn download_signature(&self, id: &str, expiry: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.derive("secret", "files"))
            .expect("a key may have any length");
        mac.update(format!("{} {id} {expiry}", self.account).as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

async fn upload(
    State(replicate): State<Arc<Replicate>>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Refusal> {
    admit(&replicate, &headers).await?;
    let form = form.map_err(|_| Refusal::bad_request("The body is not multipart/form-data."))?;
    let mut file = read(form).await?;
    let now = replicate.now();
    let mut world = replicate.world();
    file.number = world.count("file");
    file.id = URL_SAFE_NO_PAD.encode(
        [&replicate.settings.derive("file", &file.number.to_string())[..], b"file"].concat(),
    );
    (file.created_at, file.expires_at) = (now, now + KEPT_MS);
    let wire = file.wire(&replicate.settings);
    world.files.insert(file.number, file);
    Ok((StatusCode::CREATED, Json(wire)).into_response())
}

/// The parts of a form: `content`, and what is said about it.
async fn read(mut form: Multipart) -> Result<Kept, Refusal> {
    let broken = |_| Refusal::bad_request("The form breaks off.");
    let (mut content, mut metadata) = (None, json!({}));
    let mut said: HashMap<String, String> = HashMap::new();
    while let Some(part) = form.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "content" => {
                let file_name = part.file_name().map(str::to_owned);
                let content_type = part.content_type().map(str::to_owned);
                let bytes = part.bytes().await.map_err(|error| match error.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => Refusal::too_large(),
                    _ => Refusal::bad_request("The form breaks off."),
                })?;
                content = Some((bytes, file_name, content_type));
            }
            "metadata" => {
                let text = part.text().await.map_err(broken)?;
                metadata = serde_json::from_str(&text)
                    .ok()
                    .filter(Value::is_object)
                    .ok_or_else(|| Refusal::bad_request("metadata is not a JSON object."))?;
            }
            "type" | "filename" => {
                let text = part.text().await.map_err(broken)?;
                said.insert(name, text);
            }
            _ => drop(part.bytes().await.map_err(broken)?),
        }
    }
    let Some((bytes, file_name, content_type)) = content else {
        return Err(Refusal::bad_request("Missing content"));
    };
    let name = said.remove("filename").or(file_name).unwrap_or_else(|| "file".to_owned());
    if FILE_BYTES_MAX < bytes.len() {
        return Err(Refusal::too_large());
    }
    if name.is_empty() || NAME_BYTES_MAX < name.len() {
        return Err(Refusal::bad_request("A filename has 1 to 255 bytes."));
    }
    let content_type = said.remove("type").or(content_type);
    Ok(Kept {
        number: 0,
        id: String::new(),
        name,
        content_type: content_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
        metadata,
        created_at: 0,
        expires_at: 0,
        bytes,
    })
}

async fn list(
    State(replicate): State<Arc<Replicate>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    admit(&replicate, &headers).await?;
    let now = replicate.now();
    let world = replicate.world();
    let there = world.files.values().rev().filter(|it| now < it.expires_at);
    let all: Vec<_> = there.map(|it| it.wire(&replicate.settings)).collect();
    Ok(Json(json!({ "next": null, "previous": null, "results": all })))
}

async fn one(
    State(replicate): State<Arc<Replicate>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    admit(&replicate, &headers).await?;
    let world = replicate.world();
    let file = world.file(&id, replicate.now()).ok_or_else(unknown)?;
    Ok(Json(file.wire(&replicate.settings)))
}

async fn remove(
    State(replicate): State<Arc<Replicate>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    admit(&replicate, &headers).await?;
    let mut world = replicate.world();
    let number = world.file(&id, replicate.now()).ok_or_else(unknown)?.number;
    world.files.remove(&number);
    Ok(StatusCode::NO_CONTENT)
}

/// Without a token: the signature is one.
async fn download(
    State(replicate): State<Arc<Replicate>>,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    replicate.interrupt(Call::Files, None).await?;
    let said = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let now = replicate.now();
    let is_open = said("expiry").parse::<i64>().is_ok_and(|it| now.div_euclid(1000) < it);
    let is_signed = said("owner") == replicate.settings.account
        && said("signature") == replicate.settings.download_signature(&id, said("expiry"));
    if !is_open || !is_signed {
        return Err(Refusal::forbidden("The signature of the address is wrong or too old."));
    }
    let world = replicate.world();
    let file = world.file(&id, now).ok_or_else(unknown)?;
    let mut response = Response::new(Body::from(file.bytes.clone()));
    let plain = HeaderValue::from_static("application/octet-stream");
    let content_type = HeaderValue::from_str(&file.content_type).unwrap_or(plain);
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    Ok(response)
}

fn unknown() -> Refusal {
    Refusal::not_found("The specified file does not exist.")
}

async fn admit(replicate: &Replicate, headers: &HeaderMap) -> Result<(), Refusal> {
    replicate.check_token(headers)?;
    replicate.interrupt(Call::Files, None).await
}
