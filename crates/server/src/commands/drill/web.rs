//! The made-up world as a person in a browser has it: its page's own routes, by HTTP.

use std::path::Path;
use std::time::Duration;

use connectors::http::{Answer, Http, Limits};
use connectors::reach::Reach;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use reqwest::{Method, Request};
use serde_json::Value;
use url::Url;

use super::Halt;

const LIMITS: Limits = Limits { time: Duration::from_secs(15), bytes: 16 << 20 };
const FILE_TIME: Duration = Duration::from_secs(60);

/// Calls this machine, and nobody else.
pub struct Web(Http);

impl Web {
    pub fn new() -> Result<Self, Halt> {
        Ok(Self(Http::new(Reach::Loopback).map_err(Halt::stuck)?))
    }

    pub async fn get(&self, url: &str) -> Result<Value, Halt> {
        read(&self.call(Method::GET, url, &[], Vec::new()).await?, url)
    }

    pub async fn post(&self, url: &str, body: &Value) -> Result<Value, Halt> {
        let body = body.to_string().into_bytes();
        let kind = [("content-type", "application/json")];
        read(&self.call(Method::POST, url, &kind, body).await?, url)
    }

    /// Fetches a file, however large. Gives its hash.
    pub async fn save(&self, url: &str, path: &Path) -> Result<String, Halt> {
        let mut file = tokio::fs::File::create(path).await?;
        let fetched = self.0.fetch(url, u64::MAX, FILE_TIME, &mut file).await;
        Ok(fetched.map_err(Halt::stuck)?.sha256)
    }

    /// A form with fields and one file, with its name and type.
    pub async fn send(
        &self,
        url: &str,
        fields: &[(&str, &str)],
        (name, kind): (&str, &str),
        file: &[u8],
    ) -> Result<(), Halt> {
        const EDGE: &str = "----a-drill-of-atelier";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!(
                "--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--{EDGE}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: {kind}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={EDGE}");
        let answer = self.call(Method::POST, url, &[("content-type", &kind)], body).await?;
        read(&answer, url).map(|_| ())
    }

    /// Presses a button of a page, whose answer is another page.
    pub async fn press(&self, url: &str, form: &str) -> Result<(), Halt> {
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        let answer = self.call(Method::POST, url, &kind, form.as_bytes().to_vec()).await?;
        match answer.code.is_success() || answer.code.is_redirection() {
            true => Ok(()),
            false => Err(Halt::Stuck(format!("{url} answers {}", answer.code))),
        }
    }

    /// Any call, with whatever answer.
    pub async fn call(
        &self,
        method: Method,
        url: &str,
        headers: &[(&'static str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, Halt> {
        let mut request = Request::new(method, Url::parse(url).map_err(Halt::stuck)?);
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).map_err(Halt::stuck)?;
            request.headers_mut().insert(*name, value);
        }
        if !body.is_empty() {
            *request.body_mut() = Some(body.into());
        }
        self.0.call(request, LIMITS).await.map_err(Halt::stuck)
    }
}

fn read(answer: &Answer, url: &str) -> Result<Value, Halt> {
    if !answer.code.is_success() {
        let kind = answer.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        let said = if kind.contains("json") { answer.json::<Value>().ok() } else { None };
        let said = said.map(|it| it.to_string()).unwrap_or_default();
        return Err(Halt::Stuck(format!("{url} answers {} {said}", answer.code)));
    }
    answer.json().map_err(Halt::stuck)
}
