//! Sending text and signs of life, and deleting.

use super::{Call, Done, Outcome, TEXT_UNITS_MAX};
use crate::telegram::chats::Event;
use crate::telegram::refusal::Refusal;
use crate::telegram::text::{units, write_styled};
use serde_json::{Value, json};

const DELETABLE_FOR: i64 = 48 * 3_600;
const DELETED_AT_ONCE_MAX: usize = 100;

const ACTIONS: [&str; 12] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
    "cancel",
];

impl Call<'_> {
    pub(super) fn get_me(&self) -> Outcome {
        let mut me = self.bot.user();
        for (name, value) in [
            ("can_join_groups", true),
            ("can_read_all_group_messages", false),
            ("supports_inline_queries", false),
            ("can_connect_to_business", false),
            ("has_main_web_app", false),
        ] {
            me[name] = json!(value);
        }
        Ok(Done::value(&me))
    }

    /// As much of `ChatFullInfo` as there is of these chats.
    pub(super) fn get_chat(&self) -> Outcome {
        let chat = self.chat()?;
        let chat = chat.lock().expect("no panic under this lock");
        self.check_writable(&chat)?;
        let mut full = chat.person.chat();
        full["accent_color_id"] = json!(0);
        full["max_reaction_count"] = json!(11);
        full["accepted_gift_types"] = json!({
            "unlimited_gifts": false,
            "limited_gifts": false,
            "unique_gifts": false,
            "premium_subscription": false,
            "gifts_from_channels": false,
        });
        Ok(Done::value(&full))
    }

    pub(super) fn send_message(&self) -> Outcome {
        let chat = self.chat()?;
        let styled = self.styled("text", "entities")?;
        if styled.text.is_empty() {
            return Err(Refusal::bad("message text is empty"));
        }
        if units(&styled.text) > TEXT_UNITS_MAX {
            return Err(Refusal::bad("message is too long"));
        }
        let markup = self.markup(false)?;
        let mut chat = chat.lock().expect("no panic under this lock");
        self.check_writable(&chat)?;
        let mut wire = self.envelope(&chat, &markup)?;
        write_styled(&mut wire, &styled, "text", "entities");
        if let Some(options) = self.params.object("link_preview_options")? {
            wire["link_preview_options"] = options.into_owned();
        } else if self.params.flag("disable_web_page_preview") {
            wire["link_preview_options"] = json!({ "is_disabled": true });
        }
        Ok(Done::message(&self.put(&mut chat, wire, &markup, None)))
    }

    pub(super) fn send_chat_action(&self) -> Outcome {
        let chat = self.chat()?;
        let action = self.params.text("action").unwrap_or_default();
        if !ACTIONS.contains(&&*action) {
            return Err(Refusal::bad("wrong parameter action in request"));
        }
        let mut chat = chat.lock().expect("no panic under this lock");
        self.check_writable(&chat)?;
        chat.show(Event::Action(action.into_owned()));
        Ok(Done::yes())
    }

    pub(super) fn delete_message(&self) -> Outcome {
        let chat = self.chat()?;
        let id = self.message_id()?;
        let mut chat = chat.lock().expect("no panic under this lock");
        let message = chat.find(id).ok_or_else(|| Refusal::bad("message to delete not found"))?;
        if self.now / 1_000 - message.date > DELETABLE_FOR {
            return Err(Refusal::bad("message can't be deleted for everyone"));
        }
        chat.delete(&[id]);
        Ok(Done::yes())
    }

    pub(super) fn delete_messages(&self) -> Outcome {
        let chat = self.chat()?;
        let ids = self.params.list("message_ids")?.unwrap_or_default();
        if ids.is_empty() {
            return Err(Refusal::bad("message identifiers are not specified"));
        }
        if ids.len() > DELETED_AT_ONCE_MAX {
            return Err(Refusal::bad("too many message identifiers specified"));
        }
        let ids: Option<Vec<i64>> = ids.iter().map(Value::as_i64).collect();
        let ids = ids.ok_or_else(|| Refusal::bad("invalid message identifier specified"))?;
        let mut chat = chat.lock().expect("no panic under this lock");
        let oldest = self.now / 1_000 - DELETABLE_FOR;
        let young: Vec<i64> = ids
            .into_iter()
            .filter(|id| chat.find(*id).is_some_and(|it| it.date >= oldest))
            .collect();
        chat.delete(&young);
        Ok(Done::yes())
    }

    pub(super) fn message_id(&self) -> Result<i64, Refusal> {
        self.params
            .number("message_id")
            .filter(|id| *id != 0)
            .ok_or_else(|| Refusal::bad("message identifier is not specified"))
    }
}
