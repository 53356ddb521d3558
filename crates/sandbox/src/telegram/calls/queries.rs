//! Answering presses and checkouts in time.

use super::{Call, Done, Outcome};
use crate::telegram::chats::Event;
use crate::telegram::refusal::Refusal;
use crate::telegram::text::units;

const ANSWER_UNITS_MAX: usize = 200;

impl Call<'_> {
    pub(super) fn answer_press(&self) -> Outcome {
        let id = self.params.text("callback_query_id").unwrap_or_default().into_owned();
        let text = self.params.text("text").filter(|it| !it.is_empty());
        if text.as_deref().is_some_and(|it| units(it) > ANSWER_UNITS_MAX) {
            return Err(Refusal::bad("MESSAGE_TOO_LONG"));
        }
        let own_link = format!("t.me/{}?", self.bot.username);
        if let Some(url) = self.params.text("url").filter(|it| !it.is_empty())
            && !url.contains(&own_link)
        {
            return Err(Refusal::bad("URL_INVALID"));
        }
        let person = {
            let mut books = self.bot.books.lock().expect("no panic under this lock");
            books.take_press(&id, self.now).ok_or_else(Refusal::too_old)?
        };
        if let Some(chat) = self.bot.chat(person) {
            let alert = self.params.flag("show_alert");
            let text = text.map(Into::into);
            let mut chat = chat.lock().expect("no panic under this lock");
            chat.show(Event::Answer { text, alert, query: id });
        }
        Ok(Done::yes())
    }

    pub(super) fn answer_checkout(&self) -> Outcome {
        let id = self.params.text("pre_checkout_query_id").unwrap_or_default();
        let word = if self.params.flag("ok") {
            Ok(())
        } else {
            let why = self.params.text("error_message").unwrap_or_default();
            if why.trim().is_empty() {
                return Err(Refusal::bad("error message must be non-empty"));
            }
            Err(why.into_owned())
        };
        let checkout = {
            let mut books = self.bot.books.lock().expect("no panic under this lock");
            books.take_checkout(&id, self.now).ok_or_else(Refusal::too_old)?
        };
        self.telegram.end_checkout(self.bot, checkout, word);
        Ok(Done::yes())
    }
}
