//! Files on their way to Telegram: pictures as albums, originals and archives as documents, films
//! and sounds for its players.
//!
//! What Telegram has once is sent again by its id there (Bot API 10.3, "Sending files"); bytes go as
//! they are read, so that memory stays flat.

use bytes::Bytes;
use domain::ArtifactId;
use frankenstein::response::MethodResponse;
use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::app::App;
use crate::bot::Bot;
use crate::bot::telegram::{Meaning, Telegram, TelegramError};

/// What Telegram takes as a photo (10 MB); what is larger goes as a file.
const PHOTO_BYTES_MAX: i64 = 10 * 1024 * 1024;

/// What Telegram takes of anything else (50 MB, with the form around it): for what is larger a
/// link is told, `links::if_large` makes it.
pub const FILE_BYTES_MAX: i64 = 49 * 1024 * 1024;

/// A file that goes out.
#[derive(Clone, Debug)]
pub struct Enclosed {
    /// What people see of a document.
    pub name: String,
    pub content_type: String,
    /// Where it lies in our own storage.
    pub key: String,
    pub bytes: i64,
    /// The result that it is, if it is one.
    pub artifact: Option<ArtifactId>,
    /// What Telegram calls it, if it has it.
    pub file_id: Option<String>,
    /// What players are told of it, if it is played.
    pub played: Option<Played>,
}

/// What a player is told of a file before it has any of it. Telegram believes it: it doesn't look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Played {
    Film {
        seconds: u32,
        width: u32,
        height: u32,
        /// Where in our own storage the still lies that is seen before it plays: JPEG, sides up to
        /// 320, below 200 kB.
        still: Option<String>,
    },
    Sound {
        seconds: u32,
        title: String,
        performer: String,
    },
}

/// How files are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Photo,
    Document,
    /// MP4 that begins with its index, so that it plays while it comes.
    Video,
    /// MP3.
    Audio,
}

impl Kind {
    /// The part of a form, and the type in an album.
    fn word(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Document => "document",
            Self::Video => "video",
            Self::Audio => "audio",
        }
    }

    fn method(self) -> &'static str {
        match self {
            Self::Photo => "sendPhoto",
            Self::Document => "sendDocument",
            Self::Video => "sendVideo",
            Self::Audio => "sendAudio",
        }
    }
}

/// What Telegram says of a message with a file.
#[derive(Deserialize)]
pub struct Posted {
    message_id: i64,
    #[serde(default)]
    photo: Vec<Size>,
    document: Option<Size>,
    video: Option<Size>,
    audio: Option<Size>,
}

#[derive(Deserialize)]
struct Size {
    file_id: String,
}

impl Posted {
    pub fn message(&self) -> i64 {
        self.message_id
    }

    /// What Telegram calls it as what was meant; a photo may have gone as a document. Of a photo
    /// the largest size, which is the last.
    pub fn file_id(&self, kind: Kind) -> Option<&str> {
        let file = match kind {
            Kind::Photo => self.photo.last(),
            Kind::Document => self.document.as_ref(),
            Kind::Video => self.video.as_ref(),
            Kind::Audio => self.audio.as_ref(),
        };
        file.map(|it| it.file_id.as_str())
    }
}

/// A file as it is given to Telegram.
pub enum Given {
    FileId(String),
    Body {
        name: String,
        content_type: String,
        bytes: u64,
        body: BoxStream<'static, Result<Bytes, std::io::Error>>,
    },
}

impl Given {
    pub fn of_bytes(name: &str, content_type: &str, bytes: Vec<u8>) -> Self {
        let length = bytes.len() as u64;
        let body = stream::iter([Ok(Bytes::from(bytes))]).boxed();
        let (name, content_type) = (name.to_owned(), content_type.to_owned());
        Self::Body { name, content_type, bytes: length, body }
    }
}

impl Telegram {
    /// A call with files, each under the name of its part.
    pub async fn upload<T: DeserializeOwned>(
        &self,
        method: &str,
        fields: &Value,
        files: Vec<(String, Given)>,
    ) -> Result<T, TelegramError> {
        let mut form = Form::new();
        for (name, value) in fields.as_object().into_iter().flatten() {
            // Nested values travel as JSON inside the form.
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            form = form.text(name.clone(), text);
        }
        for (name, file) in files {
            form = match file {
                Given::FileId(id) => form.text(name, id),
                Given::Body { name: shown, content_type, bytes, body } => {
                    let body = reqwest::Body::wrap_stream(body);
                    let part = Part::stream_with_length(body, bytes).file_name(shown);
                    let part = part.mime_str(&content_type).map_err(std::io::Error::other)?;
                    form.part(name, part)
                }
            };
        }
        self.post_form(method, form).await
    }
}

/// Those of them that are still in our storage, or that Telegram has.
pub async fn present(app: &App, enclosed: Vec<Enclosed>) -> Vec<Enclosed> {
    let mut present = Vec::new();
    for file in enclosed {
        let is_gone = match &file.file_id {
            Some(_) => false,
            // Whatever else is wrong with the storage passes, and is met when the file is sent.
            None => app.objects.stream(&file.key).await.is_err_and(|it| it.is_absent()),
        };
        if !is_gone {
            present.push(file);
        }
    }
    present
}

/// Sends files with a text: one message, or an album of two to ten.
pub async fn files(
    app: &App,
    bot: &Bot,
    chat: i64,
    caption: &str,
    enclosed: &[Enclosed],
    kind: Kind,
) -> Result<Vec<Posted>, TelegramError> {
    let has_ids = enclosed.iter().any(|it| it.file_id.is_some());
    match send(app, bot, chat, caption, enclosed, kind, has_ids).await {
        // An id of another bot's, or one that Telegram has forgotten: nothing was sent.
        Err(error) if has_ids && error.meaning() == Meaning::Rejected => {
            tracing::warn!(%error, "files that Telegram had are uploaded anew");
            send(app, bot, chat, caption, enclosed, kind, false).await
        }
        sent => sent,
    }
}

async fn send(
    app: &App,
    bot: &Bot,
    chat: i64,
    caption: &str,
    enclosed: &[Enclosed],
    kind: Kind,
    by_id: bool,
) -> Result<Vec<Posted>, TelegramError> {
    let is_large = enclosed.iter().any(|it| PHOTO_BYTES_MAX < it.bytes);
    let kind = if is_large && kind == Kind::Photo { Kind::Document } else { kind };
    if let [one] = enclosed {
        let given = given(app, one, by_id).await?;
        let mut fields = told(one, kind);
        let mut files = Vec::new();
        if matches!(given, Given::Body { .. })
            && let Some(still) = still(app, one, kind).await?
        {
            files.push(("thumbnail".to_owned(), still));
        }
        fields["chat_id"] = chat.into();
        fields["caption"] = caption.into();
        fields["parse_mode"] = "HTML".into();
        files.push((kind.word().to_owned(), given));
        let sent: MethodResponse<Posted> =
            bot.telegram.upload(kind.method(), &fields, files).await?;
        return Ok(vec![sent.result]);
    }
    album(app, bot, chat, caption, enclosed, kind, by_id).await
}

async fn album(
    app: &App,
    bot: &Bot,
    chat: i64,
    caption: &str,
    enclosed: &[Enclosed],
    kind: Kind,
    by_id: bool,
) -> Result<Vec<Posted>, TelegramError> {
    let mut media = Vec::new();
    let mut files = Vec::new();
    // The text stands below an album: of what is seen with the first, of files with the last.
    let captioned = match kind {
        Kind::Photo | Kind::Video => 0,
        Kind::Document | Kind::Audio => enclosed.len() - 1,
    };
    for (place, file) in enclosed.iter().enumerate() {
        let mut item = told(file, kind);
        item["type"] = kind.word().into();
        item["media"] = match given(app, file, by_id).await? {
            Given::FileId(id) => id.into(),
            body @ Given::Body { .. } => {
                if let Some(still) = still(app, file, kind).await? {
                    let name = format!("still{place}");
                    item["thumbnail"] = format!("attach://{name}").into();
                    files.push((name, still));
                }
                let name = format!("file{place}");
                let attached = format!("attach://{name}");
                files.push((name, body));
                attached.into()
            }
        };
        if place == captioned {
            item["caption"] = caption.into();
            item["parse_mode"] = "HTML".into();
        }
        media.push(item);
    }
    let fields = json!({ "chat_id": chat, "media": media });
    let sent: MethodResponse<Vec<Posted>> =
        bot.telegram.upload("sendMediaGroup", &fields, files).await?;
    Ok(sent.result)
}

/// What is told of a file beside its bytes.
fn told(file: &Enclosed, kind: Kind) -> Value {
    match (kind, &file.played) {
        (Kind::Video, Some(Played::Film { seconds, width, height, .. })) => json!({
            "duration": seconds,
            "width": width,
            "height": height,
            "supports_streaming": true,
        }),
        (Kind::Audio, Some(Played::Sound { seconds, title, performer })) => {
            json!({ "duration": seconds, "title": title, "performer": performer })
        }
        (Kind::Photo | Kind::Document | Kind::Video | Kind::Audio, _) => json!({}),
    }
}

/// The still of a film. One that is gone is done without.
async fn still(app: &App, file: &Enclosed, kind: Kind) -> Result<Option<Given>, TelegramError> {
    let Some(Played::Film { still: Some(key), .. }) = &file.played else { return Ok(None) };
    if kind != Kind::Video {
        return Ok(None);
    }
    match app.objects.stream(key).await {
        Ok((bytes, body)) => {
            let (name, content_type) = ("still.jpg".to_owned(), "image/jpeg".to_owned());
            Ok(Some(Given::Body { name, content_type, bytes, body }))
        }
        Err(error) if error.is_absent() => Ok(None),
        Err(error) => Err(std::io::Error::other(error).into()),
    }
}

async fn given(app: &App, file: &Enclosed, by_id: bool) -> Result<Given, TelegramError> {
    if let Some(id) = file.file_id.as_ref().filter(|_| by_id) {
        return Ok(Given::FileId(id.clone()));
    }
    let (bytes, body) = app.objects.stream(&file.key).await.map_err(std::io::Error::other)?;
    if FILE_BYTES_MAX.unsigned_abs() < bytes {
        // Telegram would hang up in the middle of it, and nobody could tell that from a line that
        // broke.
        let text = "Request Entity Too Large".to_owned();
        return Err(TelegramError::Said { code: 413, text, retry_after: None });
    }
    let (name, content_type) = (file.name.clone(), file.content_type.clone());
    Ok(Given::Body { name, content_type, bytes, body })
}
