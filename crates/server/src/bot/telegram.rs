//! Telegram's Bot API (10.3) over our own road to the outside.
//!
//! Types and calls are `frankenstein`'s; here is how a call travels, and what its failures mean.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use connectors::http::{Answer, Body, Http, Limits, TransportError};
use frankenstein::AsyncTelegramApi;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Request, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Answers are small: the largest is a hundred updates.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
const CALL_TIME: Duration = Duration::from_secs(15);
const UPLOAD_TIME: Duration = Duration::from_secs(300);

/// One bot's line to Telegram.
#[derive(Clone)]
pub struct Telegram {
    http: Arc<Http>,
    base: Url,
    token: SecretString,
    time: Duration,
}

/// Why a call gave nothing. The token is in the address, so no address is ever in the text.
#[derive(Debug, thiserror::Error)]
pub enum TelegramError {
    /// Telegram said no.
    #[error("Telegram answered {code}: {text}")]
    Said { code: u64, text: String, retry_after: Option<u64> },
    /// Nothing was sent.
    #[error("Telegram can't be reached: {0}")]
    NotSent(String),
    /// It may have been done.
    #[error("Telegram's answer is unknown: {0}")]
    Unknown(String),
    /// A file of ours could not be read.
    #[error("can't read the file to send: {0}")]
    File(#[from] std::io::Error),
}

/// What to do about a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It already is as we wanted it.
    Done,
    /// The message can't be edited (any more): send a new one.
    MessageGone,
    /// Too much at once: not before so many seconds.
    Flood(u64),
    /// This person can't be written to.
    Unreachable,
    /// The bot's token isn't valid any more.
    Revoked,
    /// Our mistake: the same call will never do.
    Rejected,
    /// It certainly wasn't done; later it may.
    NotDone,
    /// Nobody knows whether it was done.
    Unknown,
}

impl TelegramError {
    /// Sorts the answers by what they ask of us (texts of the Bot API server).
    pub fn meaning(&self) -> Meaning {
        let (code, text, retry_after) = match self {
            Self::Said { code, text, retry_after } => (*code, text.to_lowercase(), *retry_after),
            Self::NotSent(_) => return Meaning::NotDone,
            Self::Unknown(_) => return Meaning::Unknown,
            // Nothing was sent; our own storage may be back later.
            Self::File(_) => return Meaning::NotDone,
        };
        let says = |words: &[&str]| words.iter().any(|it| text.contains(it));
        match code {
            400 if says(&["message is not modified"]) => Meaning::Done,
            400 if says(&[
                "message to edit not found",
                "message can't be edited",
                "message to delete not found",
                "message can't be deleted",
                "there is no text in the message to edit",
                "there is no caption in the message to edit",
                "message identifier is not specified",
            ]) =>
            {
                Meaning::MessageGone
            }
            400 if says(&["chat not found", "peer_id_invalid", "user not found"]) => {
                Meaning::Unreachable
            }
            401 | 404 => Meaning::Revoked,
            403 => Meaning::Unreachable,
            429 => Meaning::Flood(retry_after.unwrap_or(1)),
            500.. => Meaning::Unknown,
            _ => Meaning::Rejected,
        }
    }
}

/// What Telegram says when it says no. Read leniently: only the words matter.
#[derive(Deserialize)]
struct No {
    #[serde(default)]
    description: String,
    #[serde(default)]
    error_code: u64,
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
}

impl Telegram {
    pub fn new(http: Arc<Http>, base: Url, token: SecretString) -> Self {
        Self { http, base, token, time: CALL_TIME }
    }

    /// The same line, for calls that may take as long as given.
    pub fn within(&self, time: Duration) -> Self {
        Self { time, ..self.clone() }
    }

    /// Fetches a file that `getFile` has named, into memory: Telegram gives 20 MB at most.
    pub async fn download(&self, path: &str, bytes_max: usize) -> Result<Vec<u8>, TelegramError> {
        let (request, limits) = self.file(path, bytes_max);
        whole(self.http.call(request, limits).await.map_err(not_known)?)
    }

    /// Copies a file that `getFile` has named, a piece at a time.
    pub async fn download_to(
        &self,
        path: &str,
        bytes_max: usize,
        to: &mut tokio::fs::File,
    ) -> Result<(), TelegramError> {
        let (request, limits) = self.file(path, bytes_max);
        whole(self.http.pour(request, limits, to).await.map_err(not_known)?).map(drop)
    }

    fn file(&self, path: &str, bytes_max: usize) -> (Request, Limits) {
        let url = self.address(&["file", &format!("bot{}", self.token.expose_secret())], path);
        (Request::new(Method::GET, url), Limits { time: UPLOAD_TIME, bytes: bytes_max })
    }

    fn address(&self, folders: &[&str], last: &str) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(folders).extend(last.split('/'));
        }
        url
    }

    async fn send<T: DeserializeOwned>(
        &self,
        request: Request,
        time: Duration,
    ) -> Result<T, TelegramError> {
        let limits = Limits { time, bytes: ANSWER_BYTES_MAX };
        let answer = self.http.call(request, limits).await.map_err(not_known)?;
        let code = u64::from(answer.code.as_u16());
        if answer.code.is_success() {
            return answer.json().map_err(|it| TelegramError::Unknown(it.to_string()));
        }
        match answer.json::<No>() {
            Ok(No { description, error_code, parameters }) => Err(TelegramError::Said {
                code: if error_code == 0 { code } else { error_code },
                text: description,
                retry_after: parameters.and_then(|it| it.retry_after),
            }),
            // A proxy before Telegram answers with a page.
            Err(_) => Err(TelegramError::Unknown(format!("answered {code} with no JSON"))),
        }
    }

    /// A call whose parameters are a form with files.
    pub async fn post_form<T: DeserializeOwned>(
        &self,
        method: &str,
        form: Form,
    ) -> Result<T, TelegramError> {
        let mut request = Request::new(Method::POST, self.method(method));
        let kind = format!("multipart/form-data; boundary={}", form.boundary());
        if let Ok(kind) = kind.parse() {
            request.headers_mut().insert(reqwest::header::CONTENT_TYPE, kind);
        }
        *request.body_mut() = Some(reqwest::Body::wrap_stream(form.into_stream()));
        self.send(request, UPLOAD_TIME).await
    }

    fn method(&self, method: &str) -> Url {
        self.address(&[&format!("bot{}", self.token.expose_secret())], method)
    }
}

#[async_trait::async_trait]
impl AsyncTelegramApi for Telegram {
    type Error = TelegramError;

    async fn request<Params, Output>(
        &self,
        method: &str,
        params: Option<Params>,
    ) -> Result<Output, TelegramError>
    where
        Params: Serialize + std::fmt::Debug + Send,
        Output: DeserializeOwned,
    {
        let mut request = Request::new(Method::POST, self.method(method));
        if let Some(params) = params {
            let body =
                serde_json::to_vec(&params).expect("the crate's parameters are plain values");
            *request.body_mut() = Some(body.into());
            let json = reqwest::header::HeaderValue::from_static("application/json");
            request.headers_mut().insert(reqwest::header::CONTENT_TYPE, json);
        }
        self.send(request, self.time).await
    }

    async fn request_with_form_data<Params, Output>(
        &self,
        method: &str,
        params: Params,
        files: Vec<(&str, PathBuf)>,
    ) -> Result<Output, TelegramError>
    where
        Params: Serialize + std::fmt::Debug + Send,
        Output: DeserializeOwned,
    {
        let fields =
            serde_json::to_value(&params).expect("the crate's parameters are plain values");
        let mut form = Form::new();
        for (name, value) in fields.as_object().into_iter().flatten() {
            if files.iter().any(|(file, _)| file == name) {
                continue;
            }
            // Nested values travel as JSON inside the form.
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            form = form.text(name.clone(), text);
        }
        for (name, path) in files {
            let file = tokio::fs::File::open(&path).await?;
            let bytes = file.metadata().await?.len();
            let shown = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let part = Part::stream_with_length(file, bytes).file_name(shown);
            form = form.part(name.to_owned(), part);
        }
        self.post_form(method, form).await
    }
}

/// A file that came whole.
fn whole(answer: Answer) -> Result<Vec<u8>, TelegramError> {
    let code = u64::from(answer.code.as_u16());
    match answer.body {
        Body::Whole(bytes) if answer.code.is_success() => Ok(bytes),
        Body::TooLarge => Err(TelegramError::Said {
            code: 400,
            text: "file is too big".to_owned(),
            retry_after: None,
        }),
        Body::BrokenOff(why) => Err(TelegramError::Unknown(why)),
        Body::Whole(_) if answer.code.is_server_error() => {
            Err(TelegramError::Unknown(format!("a file's address answered {code}")))
        }
        // Whatever it is, it is about the file: it says nothing of the token.
        Body::Whole(_) => Err(TelegramError::Said {
            code: if code == 429 { code } else { 400 },
            text: "no such file".to_owned(),
            retry_after: None,
        }),
    }
}

fn not_known(error: TransportError) -> TelegramError {
    match error {
        TransportError::Barred(_) | TransportError::NotSent(_) => {
            TelegramError::NotSent(error.to_string())
        }
        TransportError::Broken(_) | TransportError::TimedOut(_) => {
            TelegramError::Unknown(error.to_string())
        }
    }
}
