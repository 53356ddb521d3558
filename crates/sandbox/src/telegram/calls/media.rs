//! Sending files, alone and in albums, and giving them to the bot.

use super::{Call, Done, Outcome, check_caption};
use crate::telegram::As;
use crate::telegram::files::{DOWNLOAD_BYTES_MAX, Media, Said};
use crate::telegram::markup::Markup;
use crate::telegram::params::{BODY_BYTES_MAX, Upload};
use crate::telegram::pictures::measure;
use crate::telegram::refusal::Refusal;
use crate::telegram::text::{Styled, parse, write_styled};
use serde_json::{Value, json};
use std::sync::Arc;

const PHOTO_BYTES_MAX: usize = 10 * 1024 * 1024;
const PHOTO_SIDES_MAX: u32 = 10_000;
const PHOTO_RATIO_MAX: u32 = 20;
const GROUP: std::ops::RangeInclusive<usize> = 2..=10;

impl Call<'_> {
    pub(super) fn send_file(&self, kind: As) -> Outcome {
        let chat = self.chat()?;
        let caption = self.caption()?;
        let markup = self.markup(false)?;
        // Refused before the file is kept, and asked again when the message is made.
        self.check_writable(&chat.lock().expect("no panic under this lock"))?;
        let name = kind.field();
        let said = Said {
            width: self.params.number("width"),
            height: self.params.number("height"),
            duration: self.params.number("duration"),
            title: self.params.text("title").map(Into::into),
            performer: self.params.text("performer").map(Into::into),
            bytes: None,
        };
        let attached = self.params.text("thumbnail");
        let attached = attached.as_deref().and_then(|it| it.strip_prefix("attach://"));
        let thumbnail = self.params.upload(attached.unwrap_or("thumbnail"));
        let media = match (self.params.upload(name), self.params.text(name)) {
            (Some(upload), _) => self.keep(kind, upload, said, thumbnail)?,
            (None, Some(given)) => match given.strip_prefix("attach://") {
                Some(part) => {
                    let upload = self.params.upload(part).ok_or_else(|| missing(kind))?;
                    self.keep(kind, upload, said, thumbnail)?
                }
                None => self.named(kind, &given)?,
            },
            (None, None) => return Err(missing(kind)),
        };
        let mut chat = chat.lock().expect("no panic under this lock");
        self.check_writable(&chat)?;
        let mut wire = self.envelope(&chat, &markup)?;
        wire[name] = media.wire();
        write_styled(&mut wire, &caption, "caption", "caption_entities");
        for flag in ["show_caption_above_media", "has_spoiler"] {
            if self.params.flag(flag) {
                wire[if flag == "has_spoiler" { "has_media_spoiler" } else { flag }] = json!(true);
            }
        }
        Ok(Done::message(&self.put(&mut chat, wire, &markup, None)))
    }

    pub(super) fn send_media_group(&self) -> Outcome {
        let chat = self.chat()?;
        let group = self.params.list("media")?.unwrap_or_default();
        if !GROUP.contains(&group.len()) {
            return Err(Refusal::bad("there must be from 2 to 10 media in a group"));
        }
        self.check_writable(&chat.lock().expect("no panic under this lock"))?;
        let kinds = group.iter().map(kind_of).collect::<Result<Vec<As>, Refusal>>()?;
        for alone in [As::Document, As::Audio] {
            if kinds.contains(&alone) && kinds.iter().any(|kind| *kind != alone) {
                let name = alone.field();
                return Err(Refusal::bad(format!("{name} can't be mixed with other media types")));
            }
        }
        let mut ready = Vec::new();
        for input in &group {
            ready.push(self.input_media(input)?);
        }
        let mut chat = chat.lock().expect("no panic under this lock");
        self.check_writable(&chat)?;
        let album = self.bot.ids.number().to_string();
        let mut sent = Vec::new();
        for (media, caption) in ready {
            let mut wire = self.envelope(&chat, &Markup::None)?;
            wire["media_group_id"] = json!(album);
            wire[media.kind.field()] = media.wire();
            write_styled(&mut wire, &caption, "caption", "caption_entities");
            let message = self.put(&mut chat, wire, &Markup::None, None);
            sent.push(message.wire.to_string());
        }
        Ok(Done { result: format!("[{}]", sent.join(",")), note: None })
    }

    /// An `InputMedia` with the file that it names.
    pub(super) fn input_media(&self, input: &Value) -> Result<(Arc<Media>, Styled), Refusal> {
        let kind = kind_of(input)?;
        let given = input["media"].as_str().unwrap_or_default();
        let said = Said {
            width: input["width"].as_i64(),
            height: input["height"].as_i64(),
            duration: input["duration"].as_i64(),
            title: input["title"].as_str().map(str::to_owned),
            performer: input["performer"].as_str().map(str::to_owned),
            bytes: None,
        };
        let attached = input["thumbnail"].as_str().and_then(|it| it.strip_prefix("attach://"));
        let thumbnail = attached.and_then(|it| self.params.upload(it));
        let media = match given.strip_prefix("attach://") {
            Some(name) => match self.params.upload(name) {
                Some(upload) => self.keep(kind, upload, said, thumbnail)?,
                None => return Err(missing(kind)),
            },
            None if given.is_empty() => {
                return Err(Refusal::bad("can't parse InputMedia: media not found"));
            }
            None => self.named(kind, given)?,
        };
        let caption = parse(
            input["caption"].as_str().unwrap_or_default(),
            input["parse_mode"].as_str().unwrap_or_default(),
            input["caption_entities"].as_array().map(Vec::as_slice),
        )
        .map_err(Refusal::bad)?;
        check_caption(&caption)?;
        Ok((media, caption))
    }

    fn keep(
        &self,
        kind: As,
        upload: &Upload,
        said: Said,
        thumbnail: Option<&Upload>,
    ) -> Result<Arc<Media>, Refusal> {
        let length = upload.bytes.len();
        if length == 0 {
            return Err(Refusal::bad("file must be non-empty"));
        }
        if length > BODY_BYTES_MAX {
            return Err(Refusal::too_large());
        }
        if kind == As::Photo {
            check_photo(&upload.bytes)?;
        }
        let kept = self.telegram.files.keep(self.bot.id, kind, upload, said, thumbnail);
        kept.map_err(|_| Refusal::broken())
    }

    /// A file named by its id. One that belongs to another bot is as good as none.
    fn named(&self, kind: As, given: &str) -> Result<Arc<Media>, Refusal> {
        if given.is_empty() {
            return Err(missing(kind));
        }
        if given.starts_with("http://") || given.starts_with("https://") {
            // The sandbox fetches nothing from anywhere.
            return Err(Refusal::bad("failed to get HTTP URL content"));
        }
        let media = self
            .telegram
            .files
            .find(given)
            .filter(|media| media.bot == self.bot.id)
            .ok_or_else(|| Refusal::bad("wrong file identifier/HTTP URL specified"))?;
        if media.kind != kind {
            return Err(Refusal::bad(format!(
                "can't use file of type {} as {}",
                media.kind.title(),
                kind.title()
            )));
        }
        Ok(media)
    }

    pub(super) fn get_file(&self) -> Outcome {
        let id = self.params.text("file_id").unwrap_or_default();
        if id.is_empty() {
            return Err(Refusal::bad("file_id not specified"));
        }
        let (length, wire) =
            self.telegram.files.link(self.bot.id, &id, self.now).ok_or_else(|| {
                Refusal::bad("wrong file_id or the file is temporarily unavailable")
            })?;
        if length > DOWNLOAD_BYTES_MAX {
            return Err(Refusal::bad("file is too big"));
        }
        Ok(Done::value(&wire))
    }
}

fn missing(kind: As) -> Refusal {
    Refusal::bad(format!("there is no {} in the request", kind.field()))
}

fn kind_of(input: &Value) -> Result<As, Refusal> {
    input["type"]
        .as_str()
        .and_then(As::from_text)
        .filter(|kind| matches!(kind, As::Photo | As::Video | As::Document | As::Audio))
        .ok_or_else(|| Refusal::bad("can't parse InputMedia: wrong InputMedia type specified"))
}

fn check_photo(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes.len() > PHOTO_BYTES_MAX {
        return Err(Refusal::bad(format!(
            "file of size {} bytes is too big for a photo; the maximum size is {PHOTO_BYTES_MAX} \
             bytes",
            bytes.len()
        )));
    }
    let picture = measure(bytes).ok_or_else(|| Refusal::bad("IMAGE_PROCESS_FAILED"))?;
    let (shorter, longer) = (picture.width.min(picture.height), picture.width.max(picture.height));
    let sides = u64::from(picture.width) + u64::from(picture.height);
    if sides > u64::from(PHOTO_SIDES_MAX) || longer > shorter.saturating_mul(PHOTO_RATIO_MAX) {
        return Err(Refusal::bad("PHOTO_INVALID_DIMENSIONS"));
    }
    Ok(())
}
