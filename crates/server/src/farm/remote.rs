//! The desk from afar: the same questions by HTTPS, with a worker's token. The worker calls and is
//! never called, so that it may stand at home behind a router.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connectors::http::{Answer as Response, Body, Http, Limits};
use domain::workflow::Filled;
use reqwest::{Method, Request};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::api::workers::{Beat, ClaimAsked, Ended, Said};
use crate::farm::desk::{Answer, End, Hello, Ticket, Word};
use crate::farm::here::{Desk, DeskError, FILE_BYTES_MAX, Photo};

/// Beyond what the desk itself may take.
const TIME: Duration = Duration::from_secs(20);
/// A file over a line at home.
const FILE_TIME: Duration = Duration::from_secs(300);
/// Far above what anything but a file has.
const ANSWER_BYTES_MAX: usize = 4 << 20;

pub struct Remote {
    http: Arc<Http>,
    base: Url,
    token: SecretString,
}

impl Remote {
    /// `base` is the server's public address.
    pub fn new(http: Arc<Http>, base: Url, token: SecretString) -> Self {
        Self { http, base, token }
    }

    fn request(&self, method: Method, path: &str) -> Result<Request, DeskError> {
        let base = self.base.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{base}/api/worker/{path}"))
            .map_err(|_| DeskError::Refused("its address can't be written".to_owned()))?;
        let mut request = Request::new(method, url);
        let value = format!("Bearer {}", self.token.expose_secret());
        let mut value = http::HeaderValue::from_str(&value)
            .map_err(|_| DeskError::Refused("the token has signs that no token has".to_owned()))?;
        value.set_sensitive(true);
        request.headers_mut().insert(http::header::AUTHORIZATION, value);
        Ok(request)
    }

    async fn call(&self, request: Request, limits: Limits) -> Result<Response, DeskError> {
        let answer = self.http.call(request, limits).await;
        let answer = answer.map_err(|it| DeskError::Away(it.to_string()))?;
        match answer.code.as_u16() {
            200..=299 => Ok(answer),
            409 => Err(DeskError::Lost),
            400..=499 => Err(DeskError::Refused(format!("it answers {}", answer.code))),
            _ => Err(DeskError::Away(format!("it answers {}", answer.code))),
        }
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        said: &impl Serialize,
    ) -> Result<T, DeskError> {
        let mut request = self.request(Method::POST, path)?;
        let json = serde_json::to_vec(said).expect("what a worker says is plain fields");
        let kind = http::HeaderValue::from_static("application/json");
        request.headers_mut().insert(http::header::CONTENT_TYPE, kind);
        *request.body_mut() = Some(reqwest::Body::from(json));
        let limits = Limits { time: TIME, bytes: ANSWER_BYTES_MAX };
        let answer = self.call(request, limits).await?;
        answer.json().map_err(|it| DeskError::Refused(format!("it isn't understood: {it}")))
    }
}

#[async_trait]
impl Desk for Remote {
    async fn wanted(&self) -> Result<Vec<Filled>, DeskError> {
        self.ask("wanted", &Said {}).await
    }

    async fn hello(&self, hello: &Hello) -> Result<(), DeskError> {
        self.ask("hello", hello).await.map(|_: Said| ())
    }

    async fn claim(&self, patience: Duration) -> Result<Answer, DeskError> {
        let patience_ms = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
        self.ask("claim", &ClaimAsked { patience_ms }).await
    }

    async fn photo(&self, ticket: &Ticket, number: u32) -> Result<Photo, DeskError> {
        let path = format!("runs/{}/photos/{number}?fence={}", ticket.run, ticket.fence);
        let request = self.request(Method::GET, &path)?;
        let limits = Limits { time: FILE_TIME, bytes: FILE_BYTES_MAX };
        let answer = self.call(request, limits).await?;
        let content_type = answer.header("content-type").unwrap_or_default().to_owned();
        match answer.body {
            Body::Whole(bytes) => Ok(Photo { content_type, bytes: bytes.into() }),
            Body::TooLarge | Body::BrokenOff(_) => {
                Err(DeskError::Away("a photo did not arrive whole".to_owned()))
            }
        }
    }

    async fn beat(&self, ticket: &Ticket, percent: Option<u8>) -> Result<Word, DeskError> {
        let said = Beat { fence: ticket.fence, percent };
        self.ask(&format!("runs/{}/beat", ticket.run), &said).await
    }

    async fn put(&self, ticket: &Ticket, number: u32, bytes: Bytes) -> Result<(), DeskError> {
        let path = format!("runs/{}/files/{number}?fence={}", ticket.run, ticket.fence);
        let mut request = self.request(Method::PUT, &path)?;
        *request.body_mut() = Some(reqwest::Body::from(bytes));
        let limits = Limits { time: FILE_TIME, bytes: ANSWER_BYTES_MAX };
        self.call(request, limits).await.map(|_| ())
    }

    async fn end(&self, ticket: &Ticket, end: &End) -> Result<(), DeskError> {
        let said = Ended { fence: ticket.fence, end: end.clone() };
        self.ask(&format!("runs/{}/end", ticket.run), &said).await.map(|_: Said| ())
    }

    async fn quarantine(&self, reason: &str) -> Result<(), DeskError> {
        let said = crate::api::workers::Ill { reason: reason.to_owned() };
        self.ask("quarantine", &said).await.map(|_: Said| ())
    }
}
