//! Menus: each chat has one message of ours that shows where it is.
//!
//! Drawing follows the chat's row and not the events: whatever was missed, the latest view is what
//! is drawn. A row whose shown version lags is drawn again after a crash.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chat::screen::{Does, Shown};
use domain::{BotId, ChatId, Millis, UserId};
use frankenstein::AsyncTelegramApi;
use frankenstein::ParseMode;
use frankenstein::methods::{DeleteMessageParams, EditMessageTextParams, SendMessageParams};
use frankenstein::response::MethodResponse;
use frankenstein::types::{
    InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageId, ReplyMarkup,
};
use store::{StoreError, chats};
use tokio::sync::Notify;

use crate::app::App;
use crate::bot::Bot;
use crate::bot::pictures::{self, Picture};
use crate::bot::telegram::{Meaning, TelegramError};
use crate::inbox::{self, Placed};

/// How long photos of an album are waited for before the menu is drawn for all of them.
pub const ALBUM_PAUSE: Millis = Millis(1_000);

/// How many chats that others have moved are looked at together.
const FOLLOWED_MAX: u32 = 200;

/// How often a menu is redrawn for progress alone. Edits count as messages.
pub const PROGRESS_PAUSE: Millis = Millis(1_500);

/// What a chat's menu shall look like at one version of its row.
#[derive(Clone, Debug)]
pub struct Painting {
    pub chat: ChatId,
    pub bot: BotId,
    pub user: UserId,
    pub telegram_chat: i64,
    pub version: i64,
    pub text: String,
    pub rows: Vec<Vec<(String, Does)>>,
    /// Shown above the text, which is its caption then.
    pub picture: Option<Shown>,
    /// The message that shows the menu now, and what kind of message that is.
    pub menu: Option<i64>,
    pub menu_kind: Option<String>,
    /// The last message of the chat that we know of; a menu above it is out of sight.
    pub last: Option<i64>,
}

impl Painting {
    /// The same where a newer menu is than it knows of, if there is one.
    fn below(mut self, menu: Option<(i64, String)>) -> Self {
        let Some((menu, kind)) = menu else { return self };
        let menu = Some(menu);
        if self.menu <= menu {
            self.menu_kind = Some(kind);
        }
        self.menu = self.menu.max(menu);
        self.last = self.last.max(menu);
        self
    }
}

/// Which chats want to be drawn, and when. One drawing of a chat at a time.
#[derive(Default)]
pub struct Painter {
    queue: Mutex<Queue>,
    news: Notify,
    /// Whether other processes do all of the drawing.
    rests: bool,
}

#[derive(Default)]
struct Queue {
    wanted: HashMap<ChatId, Wanted>,
    /// With the message that shows the menu now, as soon as Telegram has said so. Its row says it
    /// a little later, and whoever decides in between doesn't know.
    drawing: HashMap<ChatId, Option<(i64, String)>>,
}

struct Wanted {
    due: Millis,
    painting: Option<Painting>,
}

impl Painter {
    /// One that leaves it to other processes: they see by the row that a chat has changed.
    pub fn resting() -> Self {
        Self { rests: true, ..Self::default() }
    }

    pub fn rests(&self) -> bool {
        self.rests
    }

    /// Asks for a chat to be drawn at a moment, or earlier if that was asked before.
    pub fn want(&self, chat: &ChatId, painting: Option<Painting>, due: Millis) {
        if self.rests {
            return;
        }
        let mut queue = self.queue.lock().expect("never poisoned: nothing panics inside");
        let menu = queue.drawing.get(chat).cloned().flatten();
        let painting = painting.map(|it| it.below(menu));
        match queue.wanted.get_mut(chat) {
            Some(wanted) => {
                wanted.due = wanted.due.min(due);
                wanted.painting = newer(wanted.painting.take(), painting);
            }
            None => {
                queue.wanted.insert(chat.clone(), Wanted { due, painting });
            }
        }
        drop(queue);
        self.news.notify_one();
    }

    /// The chats that are due, each to be given back with [`Painter::done`].
    pub fn take(&self, now: Millis) -> Vec<(ChatId, Option<Painting>)> {
        let mut queue = self.queue.lock().expect("never poisoned: nothing panics inside");
        let Queue { wanted, drawing } = &mut *queue;
        let due: Vec<_> = wanted
            .iter()
            .filter(|(chat, it)| it.due <= now && !drawing.contains_key(*chat))
            .map(|(chat, _)| chat.clone())
            .collect();
        due.into_iter()
            .filter_map(|chat| {
                let it = wanted.remove(&chat)?;
                drawing.insert(chat.clone(), None);
                Some((chat, it.painting))
            })
            .collect()
    }

    /// Telegram has the menu; what is wanted next is drawn there.
    fn shown(&self, chat: &ChatId, menu: i64, kind: &str) {
        let menu = (menu, kind.to_owned());
        let mut queue = self.queue.lock().expect("never poisoned: nothing panics inside");
        if let Some(drawing) = queue.drawing.get_mut(chat) {
            *drawing = Some(menu.clone());
        }
        if let Some(wanted) = queue.wanted.get_mut(chat) {
            wanted.painting = wanted.painting.take().map(|it| it.below(Some(menu.clone())));
        }
    }

    pub fn done(&self, chat: &ChatId) {
        self.queue.lock().expect("never poisoned: nothing panics inside").drawing.remove(chat);
        self.news.notify_one();
    }

    /// How long until the next chat is due; none if nothing is wanted.
    fn pause(&self, now: Millis) -> Option<Millis> {
        let queue = self.queue.lock().expect("never poisoned: nothing panics inside");
        let waiting = queue.wanted.iter().filter(|(chat, _)| !queue.drawing.contains_key(*chat));
        waiting.map(|(_, it)| it.due.since(now)).min()
    }
}

fn newer(one: Option<Painting>, other: Option<Painting>) -> Option<Painting> {
    match (one, other) {
        (Some(one), Some(other)) if other.version < one.version => Some(one),
        // Whoever brings no picture wants the row as it is by then.
        (_, other) => other,
    }
}

/// Draws what is wanted until the program ends.
pub async fn run(app: Arc<App>) {
    loop {
        let now = app.ground.now();
        for (chat, painting) in app.painter.take(now) {
            let app = app.clone();
            crate::app::spawn(async move {
                draw(&app, &chat, painting).await;
                app.painter.done(&chat);
            });
        }
        let pause = app.painter.pause(app.ground.now()).unwrap_or(Millis::MINUTE);
        let pause = Duration::from_millis(pause.as_i64().max(1).unsigned_abs());
        // Woken by news or by the clock; both mean to look again.
        let _ = tokio::time::timeout(pause, app.painter.news.notified()).await;
    }
}

/// How soon after a call another one is followed, so that many calls are one look.
const FOLLOW_PAUSE: Duration = Duration::from_millis(100);

/// Draws what other processes have moved, as soon as they call, until the program ends.
pub async fn follow(app: Arc<App>) {
    loop {
        // Taken before looking, so that nothing is missed while we do.
        let called = app.db.chats_notified();
        let now = app.ground.now();
        match app.db.read(move |tx| chats::lagging(tx, now.plus(Millis(1)), FOLLOWED_MAX)).await {
            Ok(lagging) => lagging.iter().for_each(|it| app.painter.want(&it.id, None, now)),
            Err(failure) => {
                let failure: StoreError = failure;
                tracing::warn!(%failure, "moved chats could not be looked up");
            }
        }
        tokio::time::sleep(FOLLOW_PAUSE).await;
        called.await;
    }
}

/// Draws one chat's menu as its row says.
pub async fn draw(app: &App, chat: &ChatId, painting: Option<Painting>) {
    let painting = match painting {
        Some(painting) => Some(painting),
        None => match inbox::look(app, chat).await {
            Ok(painting) => painting,
            Err(failure) => {
                tracing::error!(chat.id = %chat, %failure, "a chat can't be read to be drawn");
                return;
            }
        },
    };
    let Some(painting) = painting else { return };
    let Some(bot) = app.bots.get(&painting.bot) else { return };
    // Another drawing may have ended since this picture was made.
    let now = app.ground.now();
    let painting = match inbox::placed(app, &painting).await {
        Placed::Here(placed) => *placed,
        Placed::Elsewhere => return app.painter.want(chat, None, now.plus(Millis(1_000))),
        Placed::Nowhere => return,
    };
    if let Err(wait) = app.floods.may_send(&bot.id, chat, now).await {
        return app.painter.want(chat, Some(painting), now.plus(wait));
    }
    let picture = match &painting.picture {
        Some(shown) => pictures::of(app, &painting, shown).await,
        None => None,
    };
    let kind = picture.as_ref().map_or_else(|| TEXT.to_owned(), Picture::kind);
    match show(app, &bot, &painting, picture.as_ref()).await {
        Ok(message) => {
            app.painter.shown(chat, message, &kind);
            inbox::drawn(app, &painting, Some(message), &kind).await;
        }
        Err(error) => fail(app, &bot, painting, &error).await,
    }
}

/// The kind of a menu without a picture, as its row says it. Of one with a picture it is what
/// [`Picture::kind`] says.
pub const TEXT: &str = "text";

/// Edits the menu where it is if it is the last message, else sends a new one below.
async fn show(
    app: &App,
    bot: &Bot,
    painting: &Painting,
    picture: Option<&Picture>,
) -> Result<i64, TelegramError> {
    let is_last = painting.last.is_none_or(|last| painting.menu.is_some_and(|it| last <= it));
    // A text can't become a picture, nor a picture a text.
    let is_alike =
        picture.is_some() == painting.menu_kind.as_ref().is_some_and(|it| it.as_str() != TEXT);
    if let Some(menu) = painting.menu.filter(|_| is_last && is_alike) {
        let edited = match picture {
            Some(picture) => picture.edit(app, bot, painting, menu).await,
            None => edit(bot, painting, menu).await,
        };
        match edited {
            Ok(()) => return Ok(menu),
            Err(error) => match error.meaning() {
                Meaning::Done => return Ok(menu),
                Meaning::MessageGone => {}
                _ => return Err(error),
            },
        }
    }
    let message = match picture {
        Some(picture) => picture.send(app, bot, painting).await?,
        None => send(bot, painting).await?,
    };
    // Numbers may begin anew behind our back; what was just sent is no old menu.
    if let Some(old) = painting.menu.filter(|it| *it != message) {
        let params = DeleteMessageParams::builder()
            .chat_id(painting.telegram_chat)
            .message_id(short(old))
            .build();
        // An old menu that stays is a nuisance, not a fault: its buttons answer politely.
        if let Err(error) = bot.telegram.delete_message(&params).await {
            tracing::debug!(chat.id = %painting.chat, %error, "an old menu could not be deleted");
        }
    }
    Ok(message)
}

async fn edit(bot: &Bot, painting: &Painting, menu: i64) -> Result<(), TelegramError> {
    let params = EditMessageTextParams::builder()
        .chat_id(painting.telegram_chat)
        .message_id(short(menu))
        .text(painting.text.clone())
        .parse_mode(ParseMode::Html)
        .link_preview_options(no_preview())
        .reply_markup(keyboard(&painting.rows))
        .build();
    let _: MethodResponse<MessageId> =
        bot.telegram.request("editMessageText", Some(&params)).await?;
    Ok(())
}

async fn send(bot: &Bot, painting: &Painting) -> Result<i64, TelegramError> {
    let params = SendMessageParams::builder()
        .chat_id(painting.telegram_chat)
        .text(painting.text.clone())
        .parse_mode(ParseMode::Html)
        .link_preview_options(no_preview())
        .reply_markup(ReplyMarkup::InlineKeyboardMarkup(keyboard(&painting.rows)))
        .build();
    // Of the whole message that comes back only its number is read.
    let sent: MethodResponse<MessageId> =
        bot.telegram.request("sendMessage", Some(&params)).await?;
    Ok(i64::from(sent.result.message_id))
}

/// Telegram counts messages in 32 bits; we keep 64 everywhere.
pub fn short(message: i64) -> i32 {
    i32::try_from(message).unwrap_or(0)
}

pub fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions::builder().is_disabled(true).build()
}

pub fn keyboard(rows: &[Vec<(String, Does)>]) -> InlineKeyboardMarkup {
    let button = |(label, does): &(String, Does)| {
        let button = InlineKeyboardButton::builder().text(label);
        match does {
            Does::Press(press) => button.callback_data(press).build(),
            Does::Open(address) => button.url(address).build(),
        }
    };
    let rows = rows.iter().map(|row| row.iter().map(button).collect()).collect();
    InlineKeyboardMarkup::builder().inline_keyboard(rows).build()
}

async fn fail(app: &App, bot: &Bot, painting: Painting, error: &TelegramError) {
    let chat = painting.chat.clone();
    inbox::not_drawn(app, &chat).await;
    match error.meaning() {
        Meaning::Flood(seconds) => {
            let now = app.ground.now();
            let until =
                now.plus(Millis::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1000)));
            app.floods.be_quiet(&chat, until, now).await;
            metrics::counter!("atelier_telegram_floods_total").increment(1);
            tracing::warn!(chat.id = %chat, seconds, "Telegram asks for a pause");
            app.painter.want(&chat, None, until);
        }
        Meaning::Unreachable => inbox::unreachable(app, &painting).await,
        Meaning::Revoked => app.pause_bot(bot, error).await,
        // The row still lags, and the sweep will draw it again.
        Meaning::NotDone | Meaning::Unknown => {
            tracing::warn!(chat.id = %chat, %error, "a menu may not have been drawn");
        }
        Meaning::Done | Meaning::MessageGone | Meaning::Rejected => {
            tracing::error!(chat.id = %chat, %error, "a menu was rejected");
            inbox::drawn(app, &painting, None, TEXT).await;
        }
    }
}
