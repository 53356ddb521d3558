//! Those who answer for a bot, in their group or in their own chat with it.

use sandbox::telegram::{As, Word};
use serde_json::Value;

use super::talk::{Talk, Talker, letters};
use crate::world::files;

/// The group of those who answer, and one that has nothing to do with it.
pub const SUPPORT: i64 = -1_001;
pub const ELSEWHERE: i64 = -1_002;

/// Where somebody speaks: `@boris/support`.
pub fn group(name: &str) -> Option<i64> {
    match name {
        "support" => Some(SUPPORT),
        "elsewhere" => Some(ELSEWHERE),
        _ => None,
    }
}

impl Talk {
    /// The bot is a member of both groups from now on.
    pub fn open_groups(&self, bot: i64) -> Result<(), String> {
        let telegram = self.world.sandbox.telegram();
        telegram.add_to_group(bot, SUPPORT, "Support")?;
        telegram.add_to_group(bot, ELSEWHERE, "Elsewhere")
    }

    /// `WORDS`, `letters 601 a`, `photo: WORDS`, `video: WORDS` or `sticker`, as a reply to what was
    /// shown last in that chat, or to nothing.
    pub fn speak(&self, talker: &Talker, what: &str, is_reply: bool) -> Result<(), String> {
        let telegram = self.world.sandbox.telegram();
        let replied = match is_reply {
            true => Some(self.shown_last(talker)?),
            false => None,
        };
        let word = what.split_once(' ').map_or(what, |it| it.0);
        let file = match word.trim_end_matches(':') {
            "photo" => Some((As::Photo, files::file(files::GOOD[0]))),
            "file" => Some((As::Document, files::file(files::GOOD[0]))),
            word => files::other(word),
        };
        let text = match &file {
            Some(_) => what.split_once(": ").map_or("", |it| it.1),
            None => what,
        };
        let word = Word { text: letters(text)?, file, replied };
        telegram.speak(talker.bot, talker.chat(), talker.person, word).map(|_| ())
    }

    /// The last message of the bot's that shows what somebody wrote; else the last of all.
    fn shown_last(&self, talker: &Talker) -> Result<i64, String> {
        let messages = self.world.sandbox.telegram().messages(talker.bot, talker.chat());
        let text = |it: &Value| {
            it["text"].as_str().or(it["caption"].as_str()).unwrap_or_default().to_owned()
        };
        let of_bot = || messages.iter().rev().filter(|it| it["outgoing"] == false);
        let last = of_bot().find(|it| text(it).contains("usr_")).or_else(|| of_bot().next());
        last.and_then(|it| it["message_id"].as_i64()).ok_or("nothing was shown here".to_owned())
    }
}
