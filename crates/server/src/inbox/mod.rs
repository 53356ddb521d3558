//! An event of a chat, from its arrival to its answer.
//!
//! One decision: remember the update, ask the screen, carry out what it returns, save the chat.
//! What is sent is sent after the commit, by whoever called.

mod arrive;
pub mod facts;
mod money;
pub mod support;

use chat::facts::Facts;
use chat::place::{Incoming, Place};
use chat::screens::video_plan::VideoPlan;
use domain::{BotId, ChatId, JobId, Language, Millis, Money, News, Task, UserId};
use store::chats::{Chat, Drawn, Turn};
use store::users::{NewUser, User, UserState};
use store::{Backend, Tx, chats, jobs, tells, updates, users};

use crate::app::{App, Ground};
use crate::bot::paint::Painting;
use crate::failure::Failure;
use crate::studio;
use crate::till;

/// Something that happened in a chat with a bot.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub bot: BotId,
    /// Telegram's number, by which a repetition is known.
    pub update: Option<i64>,
    pub chat: i64,
    pub from: Sender,
    pub what: What,
    /// The message that came, or that has the button.
    pub message: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Sender {
    pub telegram_id: i64,
    pub first_name: String,
    pub language_tag: String,
}

#[derive(Clone, Debug)]
pub enum What {
    Incoming(Incoming),
    /// The person has shut the bot out, or let it in again.
    Blocked,
    Unblocked,
    Paid(Stars),
    WentBack(StarsBack),
    /// Telegram renews a plan from now on, or doesn't.
    Plan {
        payload: String,
        is_renewed: bool,
    },
}

/// Stars that came. Whatever the chat is at, they count.
#[derive(Clone, Debug)]
pub struct Stars {
    /// Telegram's id of the payment.
    pub charge: String,
    pub payload: String,
    /// None when it is in no currency that we know.
    pub money: Option<Money>,
    /// The amount as it came, for people.
    pub shown: String,
    pub until: Option<Millis>,
    /// Whether this is a later period of a plan.
    pub is_later: bool,
    pub at: Millis,
}

/// Stars that went back.
#[derive(Clone, Debug)]
pub struct StarsBack {
    pub charge: String,
    pub money: Option<Money>,
}

pub enum Outcome {
    /// A repetition, or of somebody to whom we don't talk.
    Nothing,
    Show(Box<Painting>),
}

/// How often a decision is made anew when somebody else moved the chat meanwhile. Each lost race is
/// one that another press has won, so that ten at once need ten at most, and the jobs some more.
const RACES_MAX: u32 = 16;

/// Takes what arrived. When this returns, it is in the books.
pub async fn take(app: &App, arrival: Arrival) -> Result<Outcome, Failure> {
    for _ in 0..RACES_MAX {
        let (ground, what) = (app.ground.clone(), arrival.clone());
        let decision = move |tx: &mut Tx| decide(tx, &ground, &what);
        // Money must survive a power cut: nobody sends it twice.
        let decided = match arrival.what {
            What::Paid(_) | What::WentBack(_) => app.db.write_durably(decision).await,
            What::Incoming(_) | What::Blocked | What::Unblocked | What::Plan { .. } => {
                app.db.write(decision).await
            }
        };
        match decided {
            Err(Failure::Overtaken) => {}
            done => return done,
        }
    }
    Err(Failure::Overtaken)
}

fn decide(tx: &mut Tx, ground: &Ground, arrival: &Arrival) -> Result<Outcome, Failure> {
    let now = ground.now();
    if let Some(update) = arrival.update
        && !updates::remember(tx, &arrival.bot, update, now)?
    {
        return Ok(Outcome::Nothing);
    }
    let (user, is_new) = meet(tx, ground, arrival, now)?;
    let (chat, _) = chats::load_or_create(
        tx,
        &chats::NewChat {
            id: &ChatId::new(ground.number()),
            bot: &arrival.bot,
            user: &user.id,
            telegram_chat: arrival.chat,
            place: &first_place().to_json(),
        },
        now,
    )?;
    if user.blocked_at.is_some() && !matches!(arrival.what, What::Blocked) {
        // Who is back can be written to again, also of what they missed.
        users::blocked(tx, &user.id, None)?;
        for tell in tells::revive(tx, &user.id)? {
            let job = JobId::new(ground.number());
            jobs::enqueue(tx, &jobs::NewJob::of(&Task::Tell { tell }), &job, now)?;
        }
    }
    let incoming = match &arrival.what {
        What::Paid(stars) => {
            money::paid(tx, ground, arrival, stars, now)?;
            return Ok(Outcome::Nothing);
        }
        What::WentBack(back) => {
            money::went_back(tx, ground, back, now)?;
            return Ok(Outcome::Nothing);
        }
        What::Plan { payload, is_renewed } => {
            let payer = arrival.from.telegram_id;
            till::plans::told_by_telegram(tx, payer, &arrival.bot, payload, *is_renewed)?;
            return Ok(Outcome::Nothing);
        }
        What::Blocked => {
            users::blocked(tx, &user.id, Some(now))?;
            return Ok(Outcome::Nothing);
        }
        What::Unblocked => return Ok(Outcome::Nothing),
        What::Incoming(_) if user.state == UserState::Banned => return Ok(Outcome::Nothing),
        What::Incoming(incoming) => incoming.clone(),
    };
    // A press says nothing of what else was written; a message is below all we have sent.
    let seen = match incoming {
        Incoming::Press(_) | Incoming::News(_) => None,
        Incoming::Text(_) | Incoming::Picture(_) | Incoming::Clip(_) | Incoming::Other(_) => {
            arrival.message
        }
    };
    if let Some(payload) = start_payload(&incoming) {
        arrive::by_link(tx, &user, payload, is_new)?;
    }
    // A quick finger is before our own note of what we drew: what was pressed is our menu.
    let chat = match (&incoming, arrival.message) {
        (Incoming::Press(_), Some(pressed)) if chat.menu_message < Some(pressed) => Chat {
            menu_message: Some(pressed),
            last_message: chat.last_message.max(Some(pressed)),
            ..chat
        },
        _ => chat,
    };
    let painting = turn(tx, ground, user, chat, incoming, seen, now)?;
    Ok(Outcome::Show(Box::new(painting)))
}

/// Whoever writes for the first time becomes a user; names and languages are kept up to date.
fn meet(
    tx: &mut Tx,
    ground: &Ground,
    arrival: &Arrival,
    now: Millis,
) -> Result<(User, bool), Failure> {
    let Sender { telegram_id, first_name, language_tag } = &arrival.from;
    let short: String = first_name.chars().take(domain::avatar::NAME_CHARS_MAX).collect();
    // A name of nothing visible is still somebody's.
    let shown = domain::avatar::name(&short).unwrap_or_else(|_| "…".to_owned());
    if let Some(user) = users::by_telegram(tx, &arrival.bot, *telegram_id)? {
        if user.first_name != shown {
            users::rename(tx, &user.id, &shown)?;
            return Ok((User { first_name: shown, ..user }, false));
        }
        return Ok((user, false));
    }
    let language = spoken(ground, &arrival.bot, Language::of_tag(language_tag));
    let new = NewUser {
        id: &UserId::new(ground.number()),
        bot: &arrival.bot,
        telegram_id: *telegram_id,
        first_name: &shown,
        language,
        origin: None,
    };
    Ok(users::find_or_create(tx, &new, now)?)
}

/// A language that this bot speaks: the wanted one, or else its first.
fn spoken(ground: &Ground, bot: &BotId, wanted: Language) -> Language {
    let bots = &ground.config.bots;
    let of_bot = bots.iter().find(|it| crate::bot::Bot::id_of(&it.token).as_ref() == Some(bot));
    match of_bot {
        Some(it) if !it.languages.contains(&wanted) => {
            it.languages.first().copied().unwrap_or(wanted)
        }
        Some(_) | None => wanted,
    }
}

fn first_place() -> Place {
    chat::screens::consent::Consent::Terms.into()
}

fn start_payload(incoming: &Incoming) -> Option<&str> {
    let Incoming::Text(text) = incoming else { return None };
    let payload = text.strip_prefix("/start ")?.trim();
    let is_sound = (1..=64).contains(&payload.len())
        && payload.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-'));
    is_sound.then_some(payload)
}

/// Moves a chat by one event and says what it looks like then.
pub fn turn(
    tx: &mut Tx,
    ground: &Ground,
    user: User,
    chat: Chat,
    incoming: Incoming,
    seen: Option<i64>,
    now: Millis,
) -> Result<Painting, Failure> {
    let kind = incoming_kind(&incoming);
    let place = Place::from_json(&chat.place);
    metrics::counter!("atelier_events_total", "screen" => place.name(), "kind" => kind)
        .increment(1);
    let mut needs = place.needs();
    let mut facts = facts::gather(tx, ground, &user, &needs, now)?;
    facts.begun = chat.begun.as_deref().and_then(VideoPlan::from_json);
    let left = place.plan().cloned();
    let mut is_ordered = false;
    let mut next = place.on(incoming, &facts);
    let mut user = user;
    if let Some(command) = next.run.take() {
        studio::count_guess(tx, &user, &command, now)?;
        let news =
            match tx.savepoint(|tx| studio::carry_out(tx, ground, &user, command.clone(), now)) {
                Ok(news) => news,
                Err(studio::Stop::Refused(refusal)) => News::Refused { refusal },
                Err(studio::Stop::Failed(failure)) => return Err(failure),
            };
        // What is known, and even who is meant, may be another after the command.
        user = users::get(tx, &user.id)?.ok_or(Failure::Overtaken)?;
        needs = next.place.needs();
        facts = facts::gather(tx, ground, &user, &needs, now)?;
        is_ordered = matches!(news, News::VideosQueued { .. });
        let notice = next.notice.take();
        next = next.place.on(Incoming::News(news), &facts);
        assert!(next.run.is_none(), "news never lead to a command");
        next.notice = next.notice.or(notice);
    }
    let place = next.place.to_json();
    if !chats::save(tx, &chat.id, chat.version, &place, next.notice.as_deref(), now)? {
        return Err(Failure::Overtaken);
    }
    // Whoever goes elsewhere finds what they have begun again, until it is ordered.
    if let (Some(left), None) = (left, next.place.plan()) {
        let begun = (left.is_begun() && !is_ordered).then(|| left.to_json());
        chats::leave_begun(tx, &chat.id, begun.as_deref())?;
    }
    if let Some(message) = seen {
        chats::message_seen(tx, &chat.id, message)?;
    }
    let last = chat.last_message.max(seen);
    let chat =
        Chat { version: chat.version + 1, place, notice: next.notice, last_message: last, ..chat };
    // Since they were gathered nothing has changed but the chat itself.
    if next.place.needs() != needs {
        facts = facts::gather(tx, ground, &user, &next.place.needs(), now)?;
    }
    Ok(paint(&chat, &next.place, &facts))
}

/// Moves a person's chat by news without a message: the menu says it. Whoever calls has the chat
/// drawn.
pub fn hear(
    tx: &mut Tx,
    ground: &Ground,
    user: &UserId,
    news: &News,
    now: Millis,
) -> Result<(), Failure> {
    let Some(chat) = chats::of_user(tx, user)? else { return Ok(()) };
    let Some(user) = users::get(tx, user)? else { return Ok(()) };
    let place = Place::from_json(&chat.place);
    let known = facts::gather(tx, ground, &user, &place.needs(), now)?;
    let next = place.on(Incoming::News(news.clone()), &known);
    assert!(next.run.is_none(), "news never lead to a command");
    let notice = next.notice.as_deref();
    if !chats::save(tx, &chat.id, chat.version, &next.place.to_json(), notice, now)? {
        return Err(Failure::Overtaken);
    }
    Ok(())
}

fn incoming_kind(incoming: &Incoming) -> &'static str {
    match incoming {
        Incoming::Text(_) => "text",
        Incoming::Picture(_) => "picture",
        Incoming::Clip(_) => "clip",
        Incoming::Other(_) => "other",
        Incoming::Press(_) => "press",
        Incoming::News(_) => "news",
    }
}

/// What a chat looks like at the place that its row says.
fn paint(chat: &Chat, place: &Place, facts: &Facts<'_>) -> Painting {
    let drawn = place.view(facts);
    let text = match &chat.notice {
        Some(notice) => format!("{notice}\n\n{}", drawn.text),
        None => drawn.text,
    };
    Painting {
        chat: chat.id.clone(),
        bot: chat.bot.clone(),
        user: chat.user.clone(),
        telegram_chat: chat.telegram_chat,
        version: chat.version,
        text,
        rows: drawn.rows,
        picture: drawn.picture,
        menu: chat.menu_message,
        menu_kind: chat.menu_kind.clone(),
        last: chat.last_message,
    }
}

/// What a chat looks like now; none if it is up to date, or not to be drawn.
pub async fn look(app: &App, chat: &ChatId) -> Result<Option<Painting>, Failure> {
    let (ground, chat) = (app.ground.clone(), chat.clone());
    app.db
        .read(move |tx| {
            let Some(chat) = chats::get_for_job(tx, &chat)? else { return Ok(None) };
            let Some(user) = users::get(tx, &chat.user)? else { return Ok(None) };
            if chat.version <= chat.shown_version || user.blocked_at.is_some() {
                return Ok(None);
            }
            let place = Place::from_json(&chat.place);
            let facts = facts::gather(tx, &ground, &user, &place.needs(), ground.now())?;
            Ok(Some(paint(&chat, &place, &facts)))
        })
        .await
}

/// What may be drawn of a picture.
pub enum Placed {
    /// It, where its chat's menu is now.
    Here(Box<Painting>),
    /// Another process draws this chat now.
    Elsewhere,
    /// Nothing: a newer one was shown meanwhile.
    Nowhere,
}

/// For how long a process that draws a chat may be silent before another one does.
const DRAWING: Millis = Millis(15_000);

/// Finds out where a picture belongs, and keeps other processes from drawing the same chat.
pub async fn placed(app: &App, painting: &Painting) -> Placed {
    let (chat, version, now) = (painting.chat.clone(), painting.version, app.ground.now());
    let found = match app.db.backend() {
        // There are no other processes.
        Backend::Sqlite => app.db.read(move |tx| own_turn(tx, &chat, version)).await,
        Backend::Postgres => {
            let (drawer, until) = (app.worker.clone(), now.plus(DRAWING));
            let turn = move |tx: &mut Tx| chats::take_turn(tx, &chat, version, &drawer, until, now);
            app.db.write(turn).await
        }
    };
    match found {
        Ok(Turn::Ours(chat)) => {
            let (menu, menu_kind) = (chat.menu_message, chat.menu_kind);
            let placed = painting.clone();
            Placed::Here(Box::new(Painting { menu, menu_kind, last: chat.last_message, ..placed }))
        }
        Ok(Turn::Theirs) => Placed::Elsewhere,
        Ok(Turn::Over) => Placed::Nowhere,
        Err(failure) => {
            tracing::warn!(chat.id = %painting.chat, %failure, "a chat can't be read to be drawn");
            Placed::Nowhere
        }
    }
}

/// It could not be drawn: whoever comes next need not wait for us.
pub async fn not_drawn(app: &App, chat: &ChatId) {
    if app.db.backend() == Backend::Sqlite {
        return;
    }
    let (chat, drawer) = (chat.clone(), app.worker.clone());
    let left = app.db.write(move |tx| chats::leave_turn(tx, &chat, &drawer)).await;
    if let Err(failure) = left {
        let failure: store::StoreError = failure;
        tracing::debug!(%failure, "a turn could not be given back; it ends by itself");
    }
}

fn own_turn(tx: &mut Tx, chat: &ChatId, version: i64) -> Result<Turn, store::StoreError> {
    let found = chats::get_for_job(tx, chat)?.filter(|it| it.shown_version < version);
    Ok(found.map_or(Turn::Over, |it| Turn::Ours(Box::new(it))))
}

/// Notes that a menu was drawn: by which message, if by one.
pub async fn drawn(app: &App, painting: &Painting, message: Option<i64>, kind: &str) {
    let (chat, version) = (painting.chat.clone(), painting.version);
    let (menu, kind) = (message.or(painting.menu), kind.to_owned());
    let noted = app.db.write(move |tx| {
        let drawn =
            Drawn { version, menu_message: menu, menu_kind: Some(&kind), last_message: message };
        chats::drawn(tx, &chat, &drawn)
    });
    if let Err(failure) = noted.await {
        let failure: store::StoreError = failure;
        // The row lags, so the menu is drawn once more: an edit that changes nothing.
        tracing::warn!(chat.id = %painting.chat, %failure, "a drawn menu could not be noted");
    }
}

/// Notes that this person can't be written to, so that nobody tries until they write again.
pub async fn unreachable(app: &App, painting: &Painting) {
    let (chat, user, version) = (painting.chat.clone(), painting.user.clone(), painting.version);
    let now = app.ground.now();
    let noted = app.db.write(move |tx| {
        users::blocked(tx, &user, Some(now))?;
        let drawn = Drawn { version, menu_message: None, menu_kind: None, last_message: None };
        chats::drawn(tx, &chat, &drawn)
    });
    if let Err(failure) = noted.await {
        let failure: store::StoreError = failure;
        tracing::warn!(chat.id = %painting.chat, %failure, "that a person can't be reached could not be noted");
    }
}
