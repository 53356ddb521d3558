//! Replicate's store of files: one request, whose body passes through as it comes.

use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, stream};
use http::{HeaderValue, Method, header};
use secrecy::ExposeSecret;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;

use super::{ASK, Replicate, answers};
use crate::http::{Http, Limits};
use crate::providers::body::exactly;
use crate::providers::{ProviderError, Upload};

const UPLOADING: &str = "uploading";

/// As long as a name there may be.
const NAME_CHARS_MAX: usize = 255;

/// The slowest line that we wait for, beside what any call may take.
const BYTES_PER_SECOND_MIN: u64 = 250_000;

#[derive(Deserialize)]
struct Kept {
    urls: Places,
}

#[derive(Deserialize)]
struct Places {
    get: Url,
}

pub(super) async fn upload(
    replicate: &Replicate,
    http: &Http,
    upload: Upload,
) -> Result<String, ProviderError> {
    let name = fit(&upload.name);
    let boundary = boundary(replicate, &upload);
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"content\"; filename=\"{name}\"\r\n\
         Content-Type: {}\r\n\r\n",
        fit(&upload.content_type)
    );
    let foot = format!("\r\n--{boundary}--\r\n");
    let bytes = head.len() as u64 + upload.bytes + foot.len() as u64;
    let time = ASK.time + Duration::from_secs(upload.bytes / BYTES_PER_SECOND_MIN);
    let around = |it: String| stream::iter([Ok(Bytes::from(it))]);
    let body = around(head).chain(exactly(upload.bytes, upload.body)).chain(around(foot));

    let mut request = replicate.request(Method::POST, replicate.url("files"), None)?;
    let form = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"));
    let headers = request.headers_mut();
    headers.insert(header::CONTENT_TYPE, form.expect("a boundary is hex"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    *request.body_mut() = Some(reqwest::Body::wrap_stream(body));
    let answer = http.call(request, Limits { time, ..ASK }).await;
    let answer = answer.map_err(|it| ProviderError::harmless(UPLOADING, it))?;
    let kept: Kept = answers::readable(UPLOADING, &answer)?;
    Ok(kept.urls.get.into())
}

/// What stands between the parts. Whoever has made the file must not guess it, or they could end
/// its part and begin others; so our key is in the hash, which tells nothing of it.
fn boundary(replicate: &Replicate, upload: &Upload) -> String {
    let key = replicate.access.key.expose_secret();
    let hash = Sha256::digest(format!("{}\n{}\n{key}", upload.name, upload.bytes));
    hex::encode(&hash[..16])
}

/// A text that is safe within the quotes of a header.
fn fit(text: &str) -> String {
    let is_fit = |it: char| it.is_ascii_graphic() && !matches!(it, '"' | '\\');
    text.chars().map(|it| if is_fit(it) { it } else { '_' }).take(NAME_CHARS_MAX).collect()
}
