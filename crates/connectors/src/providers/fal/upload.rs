//! fal's store of files: in one piece, or in parts when it is large. Memory holds one part at most.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use http::{HeaderName, HeaderValue, Method, header};
use reqwest::Request;
use serde::{Deserialize, Serialize};
use url::Url;

use domain::refusal::Fault;

use super::{ASK, Fal, readable};
use crate::http::{Answer, Http, Limits, below, retry_after};
use crate::providers::body::exactly;
use crate::providers::{ProviderError, Upload};

/// Both as in @fal-ai/client 1.10.1.
const WHOLE_BYTES_MAX: u64 = 90 << 20;
const PART_BYTES: u64 = 10 << 20;

/// The slowest line that we wait for, beside what any call may take.
const BYTES_PER_SECOND_MIN: u64 = 250_000;

/// Long enough for a queue and a training, no longer: these are people's faces.
const LIFETIME: HeaderValue = HeaderValue::from_static(r#"{"expiration_duration_seconds":86400}"#);
const LIFETIME_NAME: HeaderName = HeaderName::from_static("x-fal-object-lifecycle");

#[derive(Serialize)]
struct Wanted<'a> {
    content_type: &'a str,
    file_name: &'a str,
}

#[derive(Deserialize)]
struct Place {
    upload_url: Url,
    file_url: Url,
}

#[derive(Serialize)]
struct Part {
    #[serde(rename = "partNumber")]
    number: u64,
    etag: String,
}

#[derive(Deserialize)]
struct Kept {
    etag: String,
}

#[derive(Serialize)]
struct Parts {
    parts: Vec<Part>,
}

pub(super) async fn upload(
    fal: &Fal,
    http: &Http,
    upload: Upload,
) -> Result<String, ProviderError> {
    let body = exactly(upload.bytes, upload.body).boxed();
    if upload.bytes <= WHOLE_BYTES_MAX {
        let place = place(fal, http, "initiate", &upload.name, &upload.content_type).await?;
        let request = put(place.upload_url, &upload.content_type, upload.bytes, whole(body))?;
        accepted(send(http, request, upload.bytes).await?)?;
        return Ok(place.file_url.into());
    }
    let place = place(fal, http, "initiate-multipart", &upload.name, &upload.content_type).await?;
    let parts = in_parts(http, &place.upload_url, &upload.content_type, body).await?;
    let mut request = Request::new(Method::POST, beneath(&place.upload_url, "complete"));
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(header::CONTENT_TYPE, json);
    let parts = serde_json::to_vec(&parts).expect("texts and numbers are JSON");
    *request.body_mut() = Some(parts.into());
    accepted(send(http, request, 0).await?)?;
    Ok(place.file_url.into())
}

/// Asks for a place to put a file. Its address is a key by itself, so ours doesn't go there.
async fn place(
    fal: &Fal,
    http: &Http,
    how: &str,
    name: &str,
    content_type: &str,
) -> Result<Place, ProviderError> {
    let mut url = below(&fal.access.rest_url, &format!("storage/upload/{how}"));
    url.set_query(Some("storage_type=fal-cdn-v3"));
    let wanted = serde_json::to_vec(&Wanted { content_type, file_name: name });
    let wanted = wanted.expect("texts are JSON");
    let mut request = fal.request(Method::POST, url, Some(wanted))?;
    request.headers_mut().insert(LIFETIME_NAME, LIFETIME);
    let answer = http.call(request, ASK).await;
    let answer = answer.map_err(|it| ProviderError::harmless("asking for a place", it))?;
    readable("asking for a place", &answer)
}

async fn in_parts(
    http: &Http,
    upload_url: &Url,
    content_type: &str,
    mut body: BoxStream<'static, io::Result<Bytes>>,
) -> Result<Parts, ProviderError> {
    let mut parts = Vec::new();
    let mut rest = Bytes::new();
    loop {
        let part = next_part(&mut body, &mut rest).await?;
        if part.is_empty() {
            return Ok(Parts { parts });
        }
        let number = parts.len() as u64 + 1;
        let url = beneath(upload_url, &number.to_string());
        let bytes = part.len() as u64;
        let request = put(url, content_type, bytes, part.into())?;
        let answer = accepted(send(http, request, bytes).await?)?;
        let Kept { etag } = readable("uploading a part", &answer)?;
        parts.push(Part { number, etag });
    }
}

/// The next part of the body; empty at its end. What doesn't fit into it stays in `rest`.
async fn next_part(
    body: &mut BoxStream<'static, io::Result<Bytes>>,
    rest: &mut Bytes,
) -> Result<Bytes, ProviderError> {
    let mut part = BytesMut::with_capacity(PART_BYTES as usize);
    loop {
        let room = PART_BYTES as usize - part.len();
        part.extend_from_slice(&rest.split_to(room.min(rest.len())));
        if part.len() as u64 == PART_BYTES {
            return Ok(part.freeze());
        }
        match body.try_next().await {
            Ok(Some(more)) => *rest = more,
            Ok(None) => return Ok(part.freeze()),
            Err(error) => {
                let cause = format!("uploading: the file can't be read here: {error}");
                return Err(ProviderError::Transient { cause, retry_after: None });
            }
        }
    }
}

fn whole(body: BoxStream<'static, io::Result<Bytes>>) -> reqwest::Body {
    reqwest::Body::wrap_stream(body)
}

/// The length is told because stores refuse bodies of unknown length.
fn put(
    url: Url,
    content_type: &str,
    bytes: u64,
    body: reqwest::Body,
) -> Result<Request, ProviderError> {
    let content_type = HeaderValue::from_str(content_type).map_err(|_| {
        ProviderError::Unexpected { cause: "uploading: a content type that is none".to_owned() }
    })?;
    let mut request = Request::new(Method::PUT, url);
    request.headers_mut().insert(header::CONTENT_TYPE, content_type);
    request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    *request.body_mut() = Some(body);
    Ok(request)
}

async fn send(http: &Http, request: Request, bytes: u64) -> Result<Answer, ProviderError> {
    let time = ASK.time + Duration::from_secs(bytes / BYTES_PER_SECOND_MIN);
    let answer = http.call(request, Limits { time, ..ASK }).await;
    answer.map_err(|it| ProviderError::harmless("uploading", it))
}

/// What the store says. A new upload gets a new place, so most of its refusals pass.
fn accepted(answer: Answer) -> Result<Answer, ProviderError> {
    let code = answer.code;
    let cause = format!("uploading: answered {}", code.as_u16());
    match code.as_u16() {
        200..=299 => Ok(answer),
        413 => Err(ProviderError::Refused { fault: Fault::PhotosUnusable, cause }),
        401 | 403 | 404 | 408 | 409 | 410 | 429 | 500..=599 => {
            Err(ProviderError::Transient { cause, retry_after: retry_after(&answer.headers) })
        }
        _ => Err(ProviderError::Unexpected { cause }),
    }
}

fn beneath(upload_url: &Url, name: &str) -> Url {
    let mut url = upload_url.clone();
    url.set_path(&format!("{}/{name}", upload_url.path()));
    url
}
