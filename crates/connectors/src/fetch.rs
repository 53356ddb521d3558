//! A file that a provider made, copied while it arrives: memory stays flat whatever its size.

use std::time::Duration;

use http::{HeaderMap, Method, StatusCode, header};
use reqwest::{Request, Response};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use url::Url;

use domain::refusal::Fault;

use crate::http::{Deadline, Http, TransportError, chunk, plain, retry_after};
use crate::providers::ProviderError;
use crate::reach::Barred;

/// How often a file may be elsewhere.
const HOPS_MAX: usize = 3;

/// A file that was copied whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    pub bytes: u64,
    /// What the peer calls it. Not to be believed.
    pub content_type: Option<String>,
    /// In hex.
    pub sha256: String,
}

impl Http {
    /// Copies a provider's file into `sink`. After an error the sink holds a part of it at most.
    /// Each address on the way has to be within reach; no key goes along.
    pub async fn fetch(
        &self,
        url: &str,
        bytes_max: u64,
        time: Duration,
        sink: &mut (dyn AsyncWrite + Unpin + Send),
    ) -> Result<Fetched, ProviderError> {
        let deadline = Deadline::after(time);
        let mut response = self.find(url, deadline).await?;
        if response.content_length().is_some_and(|it| bytes_max < it) {
            return Err(broken_file("it is larger than may be"));
        }
        let content_type = text(response.headers(), header::CONTENT_TYPE).map(plain);
        let mut hash = Sha256::new();
        let mut bytes = 0;
        while let Some(chunk) = chunk(&mut response, deadline).await.map_err(again)? {
            bytes += chunk.len() as u64;
            if bytes_max < bytes {
                return Err(broken_file("it is larger than may be"));
            }
            hash.update(&chunk);
            let written = deadline.bound(sink.write_all(&chunk)).await;
            written.map_err(|late| again(late.into()))?.map_err(not_kept)?;
        }
        sink.flush().await.map_err(not_kept)?;
        if bytes == 0 {
            return Err(broken_file("it is empty"));
        }
        Ok(Fetched { bytes, content_type, sha256: hex::encode(hash.finalize()) })
    }

    /// Follows redirects to the file itself.
    async fn find(&self, url: &str, deadline: Deadline) -> Result<Response, ProviderError> {
        let mut url = Url::parse(url).map_err(|_| broken_file("its address is none"))?;
        for _ in 0..=HOPS_MAX {
            let request = Request::new(Method::GET, url.clone());
            let response = self.begin(request, deadline).await.map_err(again)?;
            if !response.status().is_redirection() {
                return settled(response);
            }
            let next = text(response.headers(), header::LOCATION).and_then(|it| url.join(it).ok());
            let next = next.ok_or_else(|| unexpected("it is elsewhere, but not where"))?;
            if url.scheme() == "https" && next.scheme() == "http" {
                return Err(again(Barred::Unencrypted.into()));
            }
            url = next;
        }
        Err(unexpected("it is always elsewhere"))
    }
}

fn settled(response: Response) -> Result<Response, ProviderError> {
    let code = response.status();
    match code {
        StatusCode::OK => Ok(response),
        // What links that have expired answer, at one store or another.
        StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN
        | StatusCode::NOT_FOUND
        | StatusCode::GONE => Err(broken_file(&format!("it is gone ({})", code.as_u16()))),
        _ if code.is_server_error()
            || matches!(code, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS) =>
        {
            Err(ProviderError::Transient {
                cause: format!("fetching a file: answered {}", code.as_u16()),
                retry_after: retry_after(response.headers()),
            })
        }
        _ => Err(unexpected(&format!("answered {}", code.as_u16()))),
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// A file can be asked for as often as one likes.
fn again(error: TransportError) -> ProviderError {
    ProviderError::harmless("fetching a file", error)
}

fn not_kept(error: std::io::Error) -> ProviderError {
    ProviderError::Transient {
        cause: format!("fetching a file: it can't be written here: {error}"),
        retry_after: None,
    }
}

fn broken_file(what: &str) -> ProviderError {
    let cause = format!("fetching a file: {what}");
    ProviderError::Refused { fault: Fault::ResultBroken, cause }
}

fn unexpected(what: &str) -> ProviderError {
    ProviderError::Unexpected { cause: format!("fetching a file: {what}") }
}
