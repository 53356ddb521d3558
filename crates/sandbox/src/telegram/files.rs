//! The files that went through chats: by id, each belonging to one bot, in memory or in a folder.
//!
//! Known quirks: pictures are not recompressed, and the smaller sizes of a photo say the size
//! that Telegram would give them but share the bytes of the largest. Films and sounds aren't looked
//! into: what the sender says of them holds, and a film has no still but the one that comes with it.

use super::ids::Ids;
use super::params::Upload;
use super::pictures::measure;
use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

/// What a bot may fetch (Bot API 10.1, `getFile`).
pub(crate) const DOWNLOAD_BYTES_MAX: u64 = 20 * 1024 * 1024;
/// A download link lives at least an hour; here, exactly.
const LINK_LIVES: i64 = 3_600_000;
const THUMBNAIL_BYTES_MAX: usize = 200 * 1024;
const THUMBNAIL_SIDE_MAX: u32 = 320;
/// The longer sides of the smaller sizes of a photo.
const SIDES: [u32; 5] = [90, 320, 800, 1280, 2560];

/// How a file was sent, which is what it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum As {
    Photo,
    Document,
    Video,
    Audio,
    Voice,
    Sticker,
    /// The still of a film, or of a file; never sent by itself.
    Thumbnail,
}

impl As {
    pub fn from_text(text: &str) -> Option<As> {
        [As::Photo, As::Document, As::Video, As::Audio, As::Voice, As::Sticker]
            .into_iter()
            .find(|it| it.field() == text)
    }

    /// The message's field, and the type in a media group.
    pub(crate) fn field(self) -> &'static str {
        match self {
            As::Photo => "photo",
            As::Document => "document",
            As::Video => "video",
            As::Audio => "audio",
            As::Voice => "voice",
            As::Sticker => "sticker",
            As::Thumbnail => "thumbnail",
        }
    }

    /// Telegram's name of the type in its refusals.
    pub(crate) fn title(self) -> &'static str {
        match self {
            As::Photo => "Photo",
            As::Document => "Document",
            As::Video => "Video",
            As::Audio => "Audio",
            As::Voice => "VoiceNote",
            As::Sticker => "Sticker",
            As::Thumbnail => "Thumbnail",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            As::Photo => "AgACAgIAAxkB",
            As::Document => "BQACAgIAAxkB",
            As::Video => "BAACAgIAAxkB",
            As::Audio => "CQACAgIAAxkB",
            As::Voice => "AwACAgIAAxkB",
            As::Sticker => "CAACAgIAAxkB",
            As::Thumbnail => "AAMCAgADGQEB",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            As::Photo => "photos",
            As::Document => "documents",
            As::Video => "videos",
            As::Audio => "music",
            As::Voice => "voice",
            As::Sticker => "stickers",
            As::Thumbnail => "thumbnails",
        }
    }
}

/// One of the sizes of a file; only photos have several.
#[derive(Serialize, Deserialize)]
pub(crate) struct Size {
    pub(crate) id: String,
    unique: String,
    width: u32,
    height: u32,
    path: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Media {
    pub(crate) bot: i64,
    pub(crate) kind: As,
    pub(crate) name: String,
    pub(crate) mime: String,
    pub(crate) length: u64,
    /// Ascending; the last is the file itself.
    pub(crate) sizes: Vec<Size>,
    said: Said,
    /// As a message shows it.
    thumbnail: Option<Value>,
    /// Nothing when they are in the folder.
    #[serde(skip)]
    bytes: Option<Bytes>,
}

/// What a sender says about a file when it is uploaded, and we believe. It stays with the file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Said {
    pub width: Option<i64>,
    pub height: Option<i64>,
    /// Seconds.
    pub duration: Option<i64>,
    pub title: Option<String>,
    pub performer: Option<String>,
    /// How large the file is said to be, where a test wants no such file.
    pub bytes: Option<u64>,
}

impl Media {
    /// The value of the message's field.
    pub(crate) fn wire(&self) -> Value {
        let said = &self.said;
        let size = self.sizes.last().expect("every file has a size");
        let mut wire = json!({
            "file_id": size.id,
            "file_unique_id": size.unique,
            "file_size": self.length,
        });
        let width = said.width.unwrap_or(size.width.into());
        let height = said.height.unwrap_or(size.height.into());
        let duration = said.duration.unwrap_or(0);
        match self.kind {
            As::Photo => {
                return self.sizes.iter().map(|it| self.size_wire(it)).collect();
            }
            As::Document => {
                wire["file_name"] = json!(self.name);
                wire["mime_type"] = json!(self.mime);
            }
            As::Video => {
                wire["width"] = json!(width);
                wire["height"] = json!(height);
                wire["duration"] = json!(duration);
                wire["file_name"] = json!(self.name);
                wire["mime_type"] = json!(self.mime);
            }
            As::Audio => {
                wire["duration"] = json!(duration);
                wire["file_name"] = json!(self.name);
                wire["mime_type"] = json!(self.mime);
                for (field, value) in [("title", &said.title), ("performer", &said.performer)] {
                    if let Some(value) = value {
                        wire[field] = json!(value);
                    }
                }
            }
            As::Voice => {
                wire["duration"] = json!(duration);
                wire["mime_type"] = json!(self.mime);
            }
            As::Sticker => {
                wire["type"] = json!("regular");
                wire["width"] = json!(width);
                wire["height"] = json!(height);
                wire["is_animated"] = json!(false);
                wire["is_video"] = json!(false);
            }
            As::Thumbnail => return self.size_wire(size),
        }
        if let Some(thumbnail) = &self.thumbnail {
            wire["thumbnail"] = thumbnail.clone();
        }
        wire
    }

    fn size_wire(&self, size: &Size) -> Value {
        json!({
            "file_id": size.id,
            "file_unique_id": size.unique,
            "width": size.width,
            "height": size.height,
            "file_size": self.length,
        })
    }

    /// What it is called in the folder.
    fn key(&self) -> &str {
        &self.sizes[0].unique
    }
}

/// A path that a bot was told, and how long it is good for.
struct Link {
    media: Arc<Media>,
    until: i64,
}

pub(crate) struct Files {
    dir: Option<PathBuf>,
    ids: Ids,
    next: AtomicU64,
    by_id: RwLock<HashMap<String, (Arc<Media>, usize)>>,
    links: RwLock<HashMap<(i64, String), Link>>,
}

impl Files {
    /// `known` are those from before, as far as they are in the folder; all others in it go.
    pub(crate) fn new(
        dir: Option<PathBuf>,
        salt: u64,
        mut known: Vec<Arc<Media>>,
        next: u64,
    ) -> Files {
        if let Some(dir) = &dir {
            let keys = known.iter().map(|it| it.key().to_owned()).collect();
            let found = keep_only(dir, &keys);
            known.retain(|it| found.contains(it.key()));
        }
        let files = Files {
            dir,
            ids: Ids::new(salt),
            next: AtomicU64::new(next),
            by_id: RwLock::default(),
            links: RwLock::default(),
        };
        for media in &known {
            files.note(media);
        }
        files
    }

    /// The number of the next one, and all that are known.
    pub(crate) fn kept(&self) -> (u64, Vec<Arc<Media>>) {
        let by_id = self.by_id.read().expect("no panic under this lock");
        let whole = by_id.values().filter(|(_, at)| *at == 0).map(|(media, _)| media.clone());
        let all = whole.collect();
        (self.next.load(Ordering::Relaxed), all)
    }

    pub(crate) async fn read(&self, media: &Media) -> std::io::Result<Bytes> {
        match (&media.bytes, &self.dir) {
            (Some(bytes), _) => Ok(bytes.clone()),
            (None, Some(dir)) => tokio::fs::read(dir.join(media.key())).await.map(Bytes::from),
            (None, None) => Err(std::io::ErrorKind::NotFound.into()),
        }
    }

    fn note(&self, media: &Arc<Media>) {
        let mut by_id = self.by_id.write().expect("no panic under this lock");
        for (at, size) in media.sizes.iter().enumerate() {
            by_id.insert(size.id.clone(), (media.clone(), at));
        }
    }

    /// Keeps a file for a bot. The error is a sentence about the folder.
    pub(crate) fn keep(
        &self,
        bot: i64,
        kind: As,
        upload: &Upload,
        said: Said,
        thumbnail: Option<&Upload>,
    ) -> Result<Arc<Media>, String> {
        let has_thumbnail = matches!(kind, As::Video | As::Audio | As::Document);
        let thumbnail = match thumbnail.filter(|it| has_thumbnail && is_thumbnail(&it.bytes)) {
            Some(it) => Some(self.keep(bot, As::Thumbnail, it, Said::default(), None)?.wire()),
            None => None,
        };
        let picture = measure(&upload.bytes);
        let (width, height) = picture.map_or((0, 0), |it| (it.width, it.height));
        let mime = mime_of(kind, upload, picture.map(|it| it.mime));
        let mut sizes = Vec::new();
        if kind == As::Photo {
            let longer = width.max(height);
            for side in SIDES.into_iter().filter(|side| *side < longer) {
                let scaled = |it: u32| (it * side / longer).max(1);
                sizes.push(self.size(kind, &mime, &upload.name, scaled(width), scaled(height)));
            }
        }
        sizes.push(self.size(kind, &mime, &upload.name, width, height));
        let bytes = self.dir.is_none().then(|| upload.bytes.clone());
        if let Some(dir) = &self.dir {
            std::fs::create_dir_all(dir)
                .and_then(|()| std::fs::write(dir.join(&sizes[0].unique), &upload.bytes))
                .map_err(|error| format!("The sandbox can't keep a file: {error}."))?;
        }
        let length = said.bytes.unwrap_or(upload.bytes.len() as u64);
        let name = upload.name.clone();
        let media =
            Arc::new(Media { bot, kind, name, mime, length, sizes, said, thumbnail, bytes });
        self.note(&media);
        Ok(media)
    }

    fn size(&self, kind: As, mime: &str, name: &str, width: u32, height: u32) -> Size {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let ending = ending_of(mime, name);
        Size {
            id: self.ids.letters(kind.prefix()),
            unique: self.ids.letters("AQAD").chars().take(20).collect(),
            width,
            height,
            path: format!("{}/file_{number}{ending}", kind.folder()),
        }
    }

    pub(crate) fn find(&self, id: &str) -> Option<Arc<Media>> {
        let by_id = self.by_id.read().expect("no panic under this lock");
        by_id.get(id).map(|(media, _)| media.clone())
    }

    /// `File` of the Bot API with a link that is good for an hour. Nothing for another bot's id.
    pub(crate) fn link(&self, bot: i64, id: &str, now: i64) -> Option<(u64, Value)> {
        let (media, at) = {
            let by_id = self.by_id.read().expect("no panic under this lock");
            by_id.get(id).cloned()?
        };
        if media.bot != bot {
            return None;
        }
        let size = &media.sizes[at];
        let wire = json!({
            "file_id": size.id,
            "file_unique_id": size.unique,
            "file_size": media.length,
            "file_path": size.path,
        });
        if media.length <= DOWNLOAD_BYTES_MAX {
            let mut links = self.links.write().expect("no panic under this lock");
            links.insert(
                (bot, size.path.clone()),
                Link { media: media.clone(), until: now + LINK_LIVES },
            );
        }
        Some((media.length, wire))
    }

    pub(crate) fn linked(&self, bot: i64, path: &str, now: i64) -> Option<Arc<Media>> {
        let links = self.links.read().expect("no panic under this lock");
        let link = links.get(&(bot, path.to_owned()))?;
        (link.until > now).then(|| link.media.clone())
    }
}

/// Takes away what is in a folder beside these, and says which of them are there. Where that fails
/// nothing can be written either, which is said then.
fn keep_only(dir: &Path, keys: &HashSet<String>) -> HashSet<String> {
    let mut found = HashSet::new();
    for file in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        match file.file_name().into_string() {
            Ok(name) if keys.contains(&name) => drop(found.insert(name)),
            _ => drop(std::fs::remove_file(file.path())),
        }
    }
    found
}

/// Whether Telegram would take it as a still (`sendVideo`); what it wouldn't is passed over.
fn is_thumbnail(bytes: &[u8]) -> bool {
    let picture = measure(bytes).filter(|it| it.mime == "image/jpeg");
    let is_small = picture.is_some_and(|it| it.width.max(it.height) <= THUMBNAIL_SIDE_MAX);
    is_small && bytes.len() <= THUMBNAIL_BYTES_MAX
}

fn mime_of(kind: As, upload: &Upload, picture: Option<&'static str>) -> String {
    let given = upload.mime.as_deref().filter(|it| *it != "application/octet-stream");
    let by_name = match upload.name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()) {
        Some(ending) => match ending.as_str() {
            "mp4" | "m4v" => Some("video/mp4"),
            "mov" => Some("video/quicktime"),
            "mp3" => Some("audio/mpeg"),
            "m4a" => Some("audio/mp4"),
            "ogg" | "oga" | "opus" => Some("audio/ogg"),
            "wav" => Some("audio/x-wav"),
            "pdf" => Some("application/pdf"),
            "zip" => Some("application/zip"),
            "heic" => Some("image/heic"),
            "svg" => Some("image/svg+xml"),
            "txt" => Some("text/plain"),
            _ => None,
        },
        None => None,
    };
    let fallback = match kind {
        As::Video => "video/mp4",
        As::Audio => "audio/mpeg",
        As::Voice => "audio/ogg",
        As::Photo | As::Document | As::Sticker | As::Thumbnail => "application/octet-stream",
    };
    let chosen = if matches!(kind, As::Photo | As::Sticker | As::Thumbnail) {
        picture.or(given)
    } else {
        given.or(by_name).or(picture)
    };
    chosen.unwrap_or(fallback).to_owned()
}

/// How the file's path ends: as its name did, if that is short and plain.
fn ending_of(mime: &str, name: &str) -> String {
    let known = match mime {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "video/mp4" => "mp4",
        "audio/ogg" => "oga",
        "audio/mpeg" => "mp3",
        _ => name.rsplit_once('.').map_or("", |(_, ending)| ending),
    };
    let plain =
        (1..=5).contains(&known.len()) && known.bytes().all(|it| it.is_ascii_alphanumeric());
    if plain { format!(".{}", known.to_ascii_lowercase()) } else { String::new() }
}
