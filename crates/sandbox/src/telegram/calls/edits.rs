//! Changing a message that the bot has sent.

use super::{Call, Done, Outcome, TEXT_UNITS_MAX};
use crate::telegram::chats::{By, Message};
use crate::telegram::files::As;
use crate::telegram::markup::Markup;
use crate::telegram::refusal::Refusal;
use crate::telegram::text::{units, write_styled};
use serde_json::{Value, json};

const MEDIA: [As; 6] = [As::Photo, As::Document, As::Video, As::Audio, As::Voice, As::Sticker];

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply \
     markup are exactly the same as a current content and reply markup of the message";

fn has_media(wire: &Value) -> bool {
    MEDIA.iter().any(|kind| wire.get(kind.field()).is_some())
}

impl Call<'_> {
    pub(super) fn edit_text(&self) -> Outcome {
        let styled = self.styled("text", "entities")?;
        if styled.text.is_empty() {
            return Err(Refusal::bad("message text is empty"));
        }
        if units(&styled.text) > TEXT_UNITS_MAX {
            return Err(Refusal::bad("message is too long"));
        }
        let preview = self.params.object("link_preview_options")?;
        self.edit(|wire| {
            if wire.get("text").is_none() {
                return Err(Refusal::bad("there is no text in the message to edit"));
            }
            write_styled(wire, &styled, "text", "entities");
            if let Some(options) = &preview {
                wire["link_preview_options"] = options.clone().into_owned();
            }
            Ok(())
        })
    }

    pub(super) fn edit_caption(&self) -> Outcome {
        let caption = self.caption()?;
        self.edit(|wire| {
            if !has_media(wire) || wire.get("sticker").is_some() {
                return Err(Refusal::bad("there is no caption in the message to edit"));
            }
            write_styled(wire, &caption, "caption", "caption_entities");
            Ok(())
        })
    }

    pub(super) fn edit_media(&self) -> Outcome {
        let given = self.params.object("media")?;
        let given = given.ok_or_else(|| Refusal::bad("InputMedia is not specified"))?;
        let (media, caption) = self.input_media(&given)?;
        self.edit(|wire| {
            if wire.get("text").is_none() && !has_media(wire) {
                return Err(Refusal::bad("there is no media in the message to edit"));
            }
            if let Some(fields) = wire.as_object_mut() {
                fields.remove("text");
                fields.remove("entities");
                fields.remove("link_preview_options");
                for kind in MEDIA {
                    fields.remove(kind.field());
                }
            }
            wire[media.kind.field()] = media.wire();
            write_styled(wire, &caption, "caption", "caption_entities");
            Ok(())
        })
    }

    pub(super) fn edit_markup(&self) -> Outcome {
        self.edit(|_| Ok(()))
    }

    /// Changes the content as told and the keyboard as the call says; leaving the keyboard out
    /// takes it away.
    fn edit(&self, change: impl FnOnce(&mut Value) -> Result<(), Refusal>) -> Outcome {
        if self.params.text("inline_message_id").is_some_and(|id| !id.is_empty()) {
            return Err(Refusal::bad("MESSAGE_ID_INVALID"));
        }
        let chat = self.chat()?;
        let id = self.message_id()?;
        let mut chat = chat.lock().expect("no panic under this lock");
        let message =
            chat.find(id).ok_or_else(|| Refusal::bad("message to edit not found"))?.clone();
        if message.by != By::Bot {
            return Err(Refusal::bad("message can't be edited"));
        }
        let markup = self.markup(message.wire.contains("\"invoice\":"))?;
        if matches!(markup, Markup::Keyboard(_) | Markup::Remove | Markup::ForceReply) {
            return Err(Refusal::bad("inline keyboard expected"));
        }
        let old = message.wire();
        let mut wire = old.clone();
        change(&mut wire)?;
        let is_content_same = wire == old;
        if let Some(fields) = wire.as_object_mut() {
            fields.remove("reply_markup");
            if let Markup::Inline(keyboard) = markup {
                fields.insert("reply_markup".into(), keyboard);
            }
        }
        if wire == old {
            return Err(Refusal::bad(NOT_MODIFIED));
        }
        wire["edit_date"] = json!(self.now / 1_000);
        let changed = Message {
            is_edited: message.is_edited || !is_content_same,
            wire: wire.to_string().into(),
            ..message
        };
        chat.replace(changed.clone());
        Ok(Done::message(&changed))
    }
}
