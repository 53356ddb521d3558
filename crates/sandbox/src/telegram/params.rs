//! A call's parameters, whichever of the three ways they were written in.

use super::refusal::Refusal;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// The most that one request may hold (Bot API 10.1, "Sending files").
pub(crate) const BODY_BYTES_MAX: usize = 50 * 1024 * 1024;

/// Forms around a file of the greatest size still have to fit.
const FORM_BYTES_MAX: usize = BODY_BYTES_MAX + 1024 * 1024;

#[derive(Default)]
pub(crate) struct Params {
    fields: Map<String, Value>,
    uploads: HashMap<String, Upload>,
}

#[derive(Clone)]
pub(crate) struct Upload {
    pub(crate) name: String,
    pub(crate) mime: Option<String>,
    pub(crate) bytes: Bytes,
}

impl Params {
    /// Reads the query and the body: JSON, a form, or a form with files.
    pub(crate) async fn read(request: Request) -> Result<Params, Refusal> {
        let mut params = Params::default();
        if let Some(query) = request.uri().query() {
            params.add_form(query.as_bytes());
        }
        let kind = request.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
        let kind = kind.unwrap_or_default().to_ascii_lowercase();
        if kind.starts_with("multipart/form-data") {
            params.add_multipart(request).await?;
            return Ok(params);
        }
        let body = axum::body::to_bytes(request.into_body(), FORM_BYTES_MAX)
            .await
            .map_err(|_| Refusal::too_large())?;
        if body.is_empty() {
            return Ok(params);
        }
        if kind.starts_with("application/json") {
            let fields: Map<String, Value> = serde_json::from_slice(&body)
                .map_err(|_| Refusal::bad("can't parse JSON object"))?;
            params.fields.extend(fields);
        } else {
            params.add_form(&body);
        }
        Ok(params)
    }

    fn add_form(&mut self, form: &[u8]) {
        for (name, value) in url::form_urlencoded::parse(form) {
            self.fields.insert(name.into_owned(), Value::String(value.into_owned()));
        }
    }

    async fn add_multipart(&mut self, mut request: Request) -> Result<(), Refusal> {
        DefaultBodyLimit::max(FORM_BYTES_MAX).apply(&mut request);
        let broken = || Refusal::bad("can't parse multipart form");
        let mut form = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
        while let Some(field) = form.next_field().await.map_err(too_large_or_broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            let file_name = field.file_name().map(str::to_owned);
            let mime = field.content_type().map(str::to_owned);
            let bytes = field.bytes().await.map_err(too_large_or_broken)?;
            match file_name {
                Some(file_name) => {
                    self.uploads.insert(name, Upload { name: file_name, mime, bytes });
                }
                None => {
                    let text = String::from_utf8(bytes.to_vec()).map_err(|_| broken())?;
                    self.fields.insert(name, Value::String(text));
                }
            }
        }
        Ok(())
    }

    pub(crate) fn upload(&self, name: &str) -> Option<&Upload> {
        self.uploads.get(name)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// A text; a number written without quotes counts as one, as it does for Telegram.
    pub(crate) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        match self.fields.get(name)? {
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Null => None,
            other => Some(Cow::Owned(other.to_string())),
        }
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        match self.fields.get(name)? {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_i64(),
        }
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        match self.fields.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => {
                matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "1")
            }
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            _ => false,
        }
    }

    /// A value with parts; forms carry it as a JSON text, which JSON bodies may do as well.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Cow<'_, Value>>, Refusal> {
        match self.fields.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text)
                .map(|value| Some(Cow::Owned(value)))
                .map_err(|_| Refusal::bad(format!("can't parse {name} JSON object"))),
            Some(value) => Ok(Some(Cow::Borrowed(value))),
        }
    }

    pub(crate) fn list(&self, name: &str) -> Result<Option<Vec<Value>>, Refusal> {
        match self.object(name)? {
            None => Ok(None),
            Some(value) => match value.into_owned() {
                Value::Array(list) => Ok(Some(list)),
                _ => Err(Refusal::bad(format!("expected an Array of {name}"))),
            },
        }
    }
}

fn too_large_or_broken(error: axum::extract::multipart::MultipartError) -> Refusal {
    if error.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
        Refusal::too_large()
    } else {
        Refusal::bad("can't parse multipart form")
    }
}
