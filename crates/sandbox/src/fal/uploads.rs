//! The routes of the storage: the presigned upload, whole or in parts, the one with a CDN token,
//! and the links to files, results included.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults::{self, Call, Trouble};
use super::storage::{Announced, Refused};
use super::{Fal, refusals};

/// How long a file is kept if nothing else is asked for.
pub(super) const KEPT_MS: i64 = 7 * 86_400_000;
const TOKEN_MS: i64 = 3_600_000;

pub(super) fn routes() -> Router<Arc<Fal>> {
    Router::new()
        .route("/storage/upload/initiate", post(initiate))
        .route("/storage/upload/initiate-multipart", post(initiate))
        .route("/storage/up/{token}", put(put_presigned))
        .route("/storage/up/{token}/{part}", put(put_presigned_part))
        .route("/storage/up/{token}/complete", post(complete_presigned))
        .route("/storage/auth/token", post(cdn_token))
        .route("/files/upload", post(upload))
        .route("/files/upload/multipart", post(begin_multipart))
        .route("/files/{token}/{name}", get(file))
        .route("/files/{token}/{name}/multipart/{upload}/{part}", put(put_part))
        .route("/files/{token}/{name}/multipart/{upload}/complete", post(complete))
}

#[derive(Deserialize)]
struct Initiate {
    content_type: String,
    file_name: String,
}

async fn initiate(State(fal): State<Arc<Fal>>, headers: HeaderMap, body: String) -> Response {
    if !fal.knows_key(&headers) {
        return refusals::unauthorized();
    }
    if let Some(no) = fal.interrupt(Call::Upload, None, None).await {
        return no;
    }
    let said = serde_json::from_str::<Value>(&body).unwrap_or(Value::Null);
    let Ok(asked) = Initiate::deserialize(&said) else {
        let missing = ["content_type", "file_name"].into_iter().filter(|it| !said[it].is_string());
        let details = missing.map(|it| {
            json!({ "loc": ["body", it], "msg": "Field required", "type": "missing", "input": said })
        });
        return refusals::unprocessable(&details.collect::<Vec<_>>());
    };
    let (token, name) = fal.announce(&asked.file_name, &asked.content_type, &headers);
    let origin = &fal.settings.origin;
    let proof = fal.proof(&token);
    Json(json!({
        "upload_url": format!("{origin}/storage/up/{token}?sig={proof}"),
        "file_url": format!("{origin}/files/{token}/{name}"),
    }))
    .into_response()
}

#[derive(Deserialize)]
struct Signed {
    sig: Option<String>,
}

async fn put_presigned(
    State(fal): State<Arc<Fal>>,
    Path(token): Path<String>,
    Query(signed): Query<Signed>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if let Some(no) = refuse_bytes(&fal, &token, signed.sig.as_deref()).await {
        return no;
    }
    // Signed along with the address, so that another one, or none, spoils the signature.
    let content_type = text(&headers, "content-type").unwrap_or_default();
    match fal.storage.put(&token, Some(content_type), body, fal.now()).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refused) => not_taken(refused),
    }
}

async fn put_presigned_part(
    State(fal): State<Arc<Fal>>,
    Path((token, part)): Path<(String, u32)>,
    Query(signed): Query<Signed>,
    body: Body,
) -> Response {
    if let Some(no) = refuse_bytes(&fal, &token, signed.sig.as_deref()).await {
        return no;
    }
    take_part(&fal, &token, part, body).await
}

async fn complete_presigned(
    State(fal): State<Arc<Fal>>,
    Path(token): Path<String>,
    Query(signed): Query<Signed>,
    Json(parts): Json<Parts>,
) -> Response {
    if signed.sig.as_deref() != Some(&fal.proof(&token)) {
        return not_taken(Refused::Unknown);
    }
    join(&fal, &token, parts).await
}

async fn cdn_token(State(fal): State<Arc<Fal>>, headers: HeaderMap) -> Response {
    if !fal.knows_key(&headers) {
        return refusals::unauthorized();
    }
    if let Some(no) = fal.interrupt(Call::Upload, None, None).await {
        return no;
    }
    let until = fal.now() + TOKEN_MS;
    Json(json!({
        "token": format!("{until}.{}", fal.proof(&until.to_string())),
        "token_type": "Bearer",
        "base_url": fal.settings.origin,
        "expires_at": super::moment(until).to_rfc3339(),
    }))
    .into_response()
}

async fn upload(State(fal): State<Arc<Fal>>, headers: HeaderMap, body: Body) -> Response {
    if !knows_token(&fal, &headers) {
        return refusals::unauthorized();
    }
    if let Some(no) = fal.interrupt(Call::Put, None, None).await {
        return no;
    }
    let (token, url) = announce_named(&fal, &headers);
    match fal.storage.put(&token, None, body, fal.now()).await {
        Ok(()) => Json(json!({ "access_url": url })).into_response(),
        Err(refused) => not_taken(refused),
    }
}

async fn begin_multipart(State(fal): State<Arc<Fal>>, headers: HeaderMap) -> Response {
    if !knows_token(&fal, &headers) {
        return refusals::unauthorized();
    }
    let (token, url) = announce_named(&fal, &headers);
    Json(json!({ "access_url": url, "uploadId": fal.proof(&token) })).into_response()
}

async fn put_part(
    State(fal): State<Arc<Fal>>,
    Path((token, _, upload, part)): Path<(String, String, String, u32)>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if !knows_token(&fal, &headers) {
        return refusals::unauthorized();
    }
    if let Some(no) = refuse_bytes(&fal, &token, Some(&upload)).await {
        return no;
    }
    take_part(&fal, &token, part, body).await
}

async fn complete(
    State(fal): State<Arc<Fal>>,
    Path((token, _, upload)): Path<(String, String, String)>,
    headers: HeaderMap,
    Json(parts): Json<Parts>,
) -> Response {
    if !knows_token(&fal, &headers) {
        return refusals::unauthorized();
    }
    if upload != fal.proof(&token) {
        return not_taken(Refused::Unknown);
    }
    join(&fal, &token, parts).await
}

async fn file(
    State(fal): State<Arc<Fal>>,
    Path((token, name)): Path<(String, String)>,
    asked: HeaderMap,
) -> Response {
    if let Some(no) = fal.interrupt(Call::File, None, Some(&token)).await {
        return no;
    }
    fal.settle(None).await;
    let found = match fal.result_file(&token, &name) {
        // A picture is drawn now.
        Some(made) => tokio::task::spawn_blocking(move || made.stored())
            .await
            .ok()
            .map(|(stored, content_type)| (stored, content_type.to_owned())),
        None => fal.storage.find(&token, &name, fal.now()),
    };
    let Some((stored, content_type)) = found else {
        return refusals::not_found("File not found");
    };
    let size = stored.size();
    let cut = fal.world().near(None, Some(&token), |mut it| {
        it.take(Trouble::Torn).or_else(|| it.take(Trouble::Half))
    });
    let part = text(&asked, "range").and_then(|it| Part::of(it, size));
    let (body, length) = match (cut.map(|it| it.fault), &part) {
        (Some(Trouble::Half), _) => (faults::cut(stored, Trouble::Half), size / 2),
        (Some(trouble), _) => (faults::cut(stored, trouble), size),
        (None, Some(part)) => (Body::from_stream(stored.part(part.from, part.length)), part.length),
        (None, None) => (Body::from_stream(stored.chunks()), size),
    };
    let mut response = Response::new(body);
    if let Some(part) = part {
        *response.status_mut() = part.code();
        response.headers_mut().insert(header::CONTENT_RANGE, part.told(size));
    }
    let headers = response.headers_mut();
    let content_type = HeaderValue::from_str(&content_type);
    let plain = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, content_type.unwrap_or(plain));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    response
}

/// A part of a file that somebody asks for; one without a byte isn't there.
struct Part {
    from: u64,
    length: u64,
}

impl Part {
    /// `bytes=2-5`, `bytes=2-` or `bytes=-5`. What isn't understood is passed over, as several
    /// parts at once are.
    fn of(range: &str, size: u64) -> Option<Part> {
        let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
        let (from, end) = match (from, to) {
            ("", last) => (size.saturating_sub(last.parse().ok()?), size),
            (from, "") => (from.parse().ok()?, size),
            (from, to) => (from.parse().ok()?, to.parse::<u64>().ok()?.saturating_add(1)),
        };
        Some(Part { from, length: end.min(size).saturating_sub(from) })
    }

    fn code(&self) -> StatusCode {
        if self.length == 0 {
            StatusCode::RANGE_NOT_SATISFIABLE
        } else {
            StatusCode::PARTIAL_CONTENT
        }
    }

    fn told(&self, size: u64) -> HeaderValue {
        let told = match self.length {
            0 => format!("bytes */{size}"),
            length => format!("bytes {}-{}/{size}", self.from, self.from + length - 1),
        };
        HeaderValue::from_str(&told).expect("letters and digits")
    }
}

#[derive(Deserialize)]
struct Parts {
    parts: Vec<NamedPart>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NamedPart {
    part_number: u32,
    etag: String,
}

async fn refuse_bytes(fal: &Fal, token: &str, proof: Option<&str>) -> Option<Response> {
    if proof != Some(&fal.proof(token)) {
        return Some(not_taken(Refused::Unknown));
    }
    fal.interrupt(Call::Put, None, None).await
}

/// Its etag both ways: the one client reads the header, the other the body.
async fn take_part(fal: &Fal, token: &str, part: u32, body: Body) -> Response {
    match fal.storage.put_part(token, part, body, fal.now()).await {
        Ok(etag) => {
            let etag = format!("\"{etag}\"");
            let told = Json(json!({ "partNumber": part, "etag": etag }));
            ([(header::ETAG, etag)], told).into_response()
        }
        Err(refused) => not_taken(refused),
    }
}

async fn join(fal: &Fal, token: &str, parts: Parts) -> Response {
    let named = parts.parts.into_iter();
    let named = named.map(|it| (it.part_number, it.etag.trim_matches('"').to_owned()));
    match fal.storage.complete(token, &named.collect::<Vec<_>>(), fal.now()).await {
        Ok(()) => Json(json!({})).into_response(),
        Err(refused) => not_taken(refused),
    }
}

fn not_taken(refused: Refused) -> Response {
    let (code, text) = match refused {
        Refused::Unknown => (StatusCode::FORBIDDEN, "The signature of the address is wrong"),
        Refused::Closed => (StatusCode::FORBIDDEN, "The address has expired"),
        Refused::OtherType => (StatusCode::FORBIDDEN, "Content-Type is not what was announced"),
        Refused::Parts => (StatusCode::BAD_REQUEST, "The parts are not those that were sent"),
        Refused::Broken(error) => {
            let text = format!("The body could not be kept: {error}");
            return refusals::sentence(StatusCode::INTERNAL_SERVER_ERROR, &text, None);
        }
    };
    refusals::sentence(code, text, None)
}

/// A file named by the headers of the CDN; its token and its link.
fn announce_named(fal: &Fal, headers: &HeaderMap) -> (String, String) {
    let name = text(headers, "x-fal-file-name").unwrap_or("file.bin");
    let content_type = text(headers, "content-type").unwrap_or("application/octet-stream");
    let (token, name) = fal.announce(name, content_type, headers);
    let url = format!("{}/files/{token}/{name}", fal.settings.origin);
    (token, url)
}

fn knows_token(fal: &Fal, headers: &HeaderMap) -> bool {
    let token = text(headers, "authorization").and_then(|it| it.strip_prefix("Bearer "));
    let Some((until, proof)) = token.and_then(|it| it.split_once('.')) else { return false };
    until.parse::<i64>().is_ok_and(|it| fal.now() < it) && proof == fal.proof(until)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// How long a file is to be kept by a lifecycle header; `None` is for ever.
pub(super) fn kept_ms(headers: &HeaderMap) -> Option<i64> {
    let names = ["x-fal-object-lifecycle", "x-fal-object-lifecycle-preference"];
    let Some(wish) = names.into_iter().find_map(|it| text(headers, it)) else {
        return Some(KEPT_MS);
    };
    let wish: HashMap<String, Value> = serde_json::from_str(wish).unwrap_or_default();
    match wish.get("expiration_duration_seconds") {
        None => Some(KEPT_MS),
        Some(seconds) => seconds.as_f64().filter(|it| 0.0 < *it).map(|it| (it * 1000.0) as i64),
    }
}

impl Fal {
    /// Makes room for a file: its token, and its name as it stands in links.
    fn announce(&self, name: &str, content_type: &str, headers: &HeaderMap) -> (String, String) {
        let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_');
        let name: String = name.chars().map(|it| if is_plain(it) { it } else { '_' }).collect();
        let token = hex::encode(&self.draw("file")[..12]);
        let file = Announced {
            token: token.clone(),
            name: name.clone(),
            content_type: content_type.to_owned(),
            kept_ms: kept_ms(headers),
        };
        self.storage.announce(file, self.now());
        (token, name)
    }

    /// What nobody can know who wasn't given it.
    fn proof(&self, of: &str) -> String {
        hex::encode(&self.settings.derive("proof", of)[..12])
    }
}
