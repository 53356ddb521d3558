//! The folders of a server: what was uploaded, what was made, and how it is looked at.

use super::failures::trouble;
use super::server::Server;
use crate::drawing::{self, Format};
use axum::body::Body;
use axum::extract::Multipart;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use image::RgbImage;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// When more is kept, the oldest go, as if somebody had tidied up.
const KEPT_BYTES_MAX: usize = 256 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Folder {
    Input,
    Output,
    Temp,
}

impl Folder {
    fn named(name: &str) -> Option<Folder> {
        match name {
            "input" => Some(Folder::Input),
            "output" => Some(Folder::Output),
            "temp" => Some(Folder::Temp),
            _ => None,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Folder::Input => "input",
            Folder::Output => "output",
            Folder::Temp => "temp",
        }
    }
}

/// Folder, and the path in it.
type Place = (Folder, String);

/// All files of a server. They outlive it.
#[derive(Default)]
pub(super) struct Shelf {
    files: BTreeMap<Place, (u64, Bytes)>,
    numbers: u64,
    bytes: usize,
}

impl Shelf {
    pub(super) fn find(&self, folder: Folder, path: &str) -> Option<Bytes> {
        self.files.get(&(folder, path.to_owned())).map(|it| it.1.clone())
    }

    pub(super) fn paths(&self, folder: Folder) -> Vec<String> {
        self.files.keys().filter(|it| it.0 == folder).map(|it| it.1.clone()).collect()
    }

    pub(super) fn put(&mut self, folder: Folder, path: &str, bytes: Bytes) {
        self.numbers += 1;
        self.bytes += bytes.len();
        let old = self.files.insert((folder, path.to_owned()), (self.numbers, bytes));
        self.bytes -= old.map_or(0, |it| it.1.len());
        while KEPT_BYTES_MAX < self.bytes && 1 < self.files.len() {
            let oldest = self.files.iter().min_by_key(|it| it.1.0).map(|it| it.0.clone());
            let removed = oldest.and_then(|it| self.files.remove(&it));
            self.bytes -= removed.map_or(0, |it| it.1.len());
        }
    }

    pub(super) fn remove(&mut self, folder: Folder, path: &str) {
        let removed = self.files.remove(&(folder, path.to_owned()));
        self.bytes -= removed.map_or(0, |it| it.1.len());
    }

    /// Keeps what was made under the next name that begins so; subfolder and name.
    pub(super) fn save(&mut self, folder: Folder, prefix: &str, bytes: Bytes) -> (String, String) {
        let (subfolder, stem) = prefix.rsplit_once('/').unwrap_or(("", prefix));
        let name = (1..)
            .map(|number| format!("{stem}_{number:05}_.png"))
            .find(|it| !self.files.contains_key(&(folder, joined(subfolder, it))))
            .unwrap_or_default();
        self.put(folder, &joined(subfolder, &name), bytes);
        (subfolder.to_owned(), name)
    }

    /// Keeps what was uploaded; the name that it got.
    fn take(&mut self, folder: Folder, sent: &Sent) -> String {
        let (stem, end) = match sent.name.rsplit_once('.') {
            Some((stem, end)) => (stem, format!(".{end}")),
            None => (sent.name.as_str(), String::new()),
        };
        let mut name = sent.name.clone();
        for number in 1.. {
            let found = self.find(folder, &joined(&sent.subfolder, &name));
            if sent.overwrite || found.is_none_or(|it| it == sent.bytes) {
                break;
            }
            name = format!("{stem} ({number}){end}");
        }
        self.put(folder, &joined(&sent.subfolder, &name), sent.bytes.clone());
        name
    }
}

pub(super) fn joined(subfolder: &str, name: &str) -> String {
    let subfolder = subfolder.trim_matches('/');
    if subfolder.is_empty() { name.to_owned() } else { format!("{subfolder}/{name}") }
}

/// Whether a path leads out of its folder.
fn escapes(path: &str) -> bool {
    path.starts_with('/') || path.split(['/', '\\']).any(|it| it == "..")
}

/// A form with a picture.
#[derive(Default)]
struct Sent {
    name: String,
    bytes: Bytes,
    subfolder: String,
    kind: String,
    overwrite: bool,
}

/// `POST /upload/image`.
pub(super) async fn upload(server: &Server, form: Multipart) -> Response {
    let sent = match read(form).await {
        Ok(sent) => sent,
        Err(code) if code == StatusCode::PAYLOAD_TOO_LARGE => {
            return (code, "Maximum request body size 104857600 exceeded").into_response();
        }
        Err(_) => return StatusCode::BAD_REQUEST.into_response(),
    };
    let kind = if sent.kind.is_empty() { "input" } else { &sent.kind };
    let Some(folder) = Folder::named(kind) else { return trouble() };
    if sent.name.is_empty() || escapes(&sent.name) || escapes(&sent.subfolder) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let name = server.state().shelf.take(folder, &sent);
    let told = json!({ "name": name, "subfolder": sent.subfolder, "type": kind });
    super::routes::json(&told)
}

async fn read(mut form: Multipart) -> Result<Sent, StatusCode> {
    let mut sent = Sent::default();
    while let Some(field) = form.next_field().await.map_err(|it| it.status())? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "image" {
            sent.name = field.file_name().unwrap_or_default().to_owned();
            sent.bytes = field.bytes().await.map_err(|it| it.status())?;
            continue;
        }
        let text = field.text().await.map_err(|it| it.status())?;
        match name.as_str() {
            "overwrite" => sent.overwrite = ["true", "1"].contains(&text.as_str()),
            "type" => sent.kind = text,
            "subfolder" => sent.subfolder = text,
            _ => {}
        }
    }
    Ok(sent)
}

/// What is to be seen of a file.
#[derive(Deserialize)]
pub(super) struct Look {
    filename: Option<String>,
    #[serde(default)]
    subfolder: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    preview: Option<String>,
    channel: Option<String>,
}

/// `GET /view`.
pub(super) async fn view(server: &Server, look: Look, headers: &HeaderMap) -> Response {
    let Some(name) = look.filename.as_deref() else { return StatusCode::NOT_FOUND.into_response() };
    let Some(folder) = Folder::named(look.kind.as_deref().unwrap_or("output")) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if name.is_empty() || name.starts_with('/') || name.contains("..") {
        return StatusCode::BAD_REQUEST.into_response();
    }
    if escapes(&look.subfolder) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let found = server.state().shelf.find(folder, &joined(&look.subfolder, name));
    let Some(bytes) = found else { return StatusCode::NOT_FOUND.into_response() };
    let shown = match (look.preview, look.channel.as_deref()) {
        (Some(preview), _) => shown(bytes, move |it| preview_of(&it, &preview)).await,
        (None, Some("a")) => shown(bytes, |it| (opaque(&it), "image/png")).await,
        _ => Ok((bytes.clone(), content_type(name, &bytes))),
    };
    let Ok((bytes, kind)) = shown else { return trouble() };
    answer(name, bytes, kind, headers)
}

async fn shown(
    bytes: Bytes,
    show: impl FnOnce(RgbImage) -> (Vec<u8>, &'static str) + Send + 'static,
) -> Result<(Bytes, &'static str), ()> {
    let work = move || {
        let picture = image::load_from_memory(&bytes).ok()?.into_rgb8();
        let (bytes, kind) = show(picture);
        Some((Bytes::from(bytes), kind))
    };
    tokio::task::spawn_blocking(work).await.ok().flatten().ok_or(())
}

fn preview_of(picture: &RgbImage, asked: &str) -> (Vec<u8>, &'static str) {
    let name = asked.split(';').next().unwrap_or_default();
    let format = if name == "jpeg" { Format::Jpeg } else { Format::Webp };
    (drawing::encode(picture, format, ""), format.content_type())
}

/// The alpha of a picture that has none.
fn opaque(picture: &RgbImage) -> Vec<u8> {
    let white = RgbImage::from_pixel(picture.width(), picture.height(), image::Rgb([255; 3]));
    drawing::encode(&white, Format::Png, "")
}

fn content_type(name: &str, bytes: &[u8]) -> &'static str {
    match image::guess_format(bytes) {
        Ok(format) => format.to_mime_type(),
        Err(_) if name.ends_with(".png") => "image/png",
        Err(_) => "application/octet-stream",
    }
}

fn answer(name: &str, bytes: Bytes, kind: &'static str, headers: &HeaderMap) -> Response {
    let total = bytes.len();
    let range = headers.get(header::RANGE).and_then(|it| it.to_str().ok());
    let range = range.and_then(|it| range_of(it, total));
    let name: String = name.chars().filter(|it| !it.is_control() && *it != '"').collect();
    let answer = http::Response::builder()
        .header(header::CONTENT_TYPE, kind)
        .header(header::CONTENT_DISPOSITION, format!("filename=\"{name}\"").into_bytes())
        .header(header::ACCEPT_RANGES, "bytes");
    let made = match range {
        None => answer.body(Body::from(bytes)),
        Some((first, last)) => answer
            .status(StatusCode::PARTIAL_CONTENT)
            .header(header::CONTENT_RANGE, format!("bytes {first}-{last}/{total}"))
            .body(Body::from(bytes.slice(first..=last))),
    };
    made.unwrap_or_else(|_| trouble())
}

/// `bytes=0-9`, `bytes=5-` or `bytes=-5`, within so many.
fn range_of(asked: &str, total: usize) -> Option<(usize, usize)> {
    let (first, last) = asked.strip_prefix("bytes=")?.split_once('-')?;
    let end = total.checked_sub(1)?;
    let (first, last) = match (first.parse().ok(), last.parse().ok()) {
        (Some(first), Some(last)) => (first, end.min(last)),
        (Some(first), None) => (first, end),
        (None, Some(count)) => (total.saturating_sub(count), end),
        (None, None) => return None,
    };
    (first <= last).then_some((first, last))
}
