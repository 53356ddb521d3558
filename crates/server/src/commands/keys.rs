//! Keys of other programs: made, listed, replaced and taken back.

use clap::{Args, Subcommand};
use domain::{ApiKeyId, BotId, Millis, UserId};
use store::api_keys::{self, ApiKey, NewApiKey};
use store::{Tx, bots, users};

use super::{Said, ask, decide, deed, id};
use crate::api::keys::{self, Scope};
use crate::app::Ground;
use crate::commands::Done;
use crate::config::Config;
use crate::failure::Failure;
use crate::inbox::facts::day;

const NAME_CHARS_MAX: usize = 60;

#[derive(Clone, Debug, Subcommand)]
pub enum Keys {
    /// Makes a key, and prints its secret this once.
    Create(New),
    /// Lists the keys.
    List,
    /// Makes a key that takes the place of another, and prints its secret this once.
    Rotate {
        #[arg(value_parser = id::<ApiKeyId>)]
        key: ApiKeyId,
        /// How long the old one still works, in hours.
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=720))]
        keep_old_hours: u32,
    },
    /// Takes a key back, at once.
    Revoke {
        #[arg(value_parser = id::<ApiKeyId>)]
        key: ApiKeyId,
    },
}

#[derive(Clone, Debug, Args)]
pub struct New {
    /// The bot's short name in the settings.
    #[arg(long)]
    pub bot: String,
    /// The only user that it is good for; else all of the bot's.
    #[arg(long, value_parser = id::<UserId>)]
    pub user: Option<UserId>,
    /// What it is for.
    #[arg(long)]
    pub name: String,
    /// What it may do, such as `avatars:read,generations:write`; `all` is everything.
    #[arg(long)]
    pub scopes: String,
}

pub fn run(config: Config, what: Keys) -> Done {
    match what {
        Keys::Create(new) => decide(config, move |tx, ground, now| create(tx, ground, &new, now)),
        Keys::List => ask(config, |tx, _, now| list(tx, now)),
        Keys::Rotate { key, keep_old_hours } => {
            decide(config, move |tx, ground, now| rotate(tx, ground, &key, keep_old_hours, now))
        }
        Keys::Revoke { key } => {
            decide(config, move |tx, ground, now| revoke(tx, ground, &key, now))
        }
    }
}

pub fn create(tx: &mut Tx, ground: &Ground, new: &New, now: Millis) -> Result<Said, Failure> {
    let scopes = match new.scopes.as_str() {
        "all" => Scope::ALL.to_vec(),
        list => match keys::scopes(list) {
            Ok(scopes) if scopes.is_empty() => return Said::wrong("name a scope at least"),
            Ok(scopes) => scopes,
            Err(word) => {
                let known: Vec<_> = Scope::ALL.iter().map(|it| it.as_str()).collect();
                return Said::wrong(format!("there is no scope `{word}`; there are {known:?}"));
            }
        },
    };
    let name = new.name.trim();
    if name.is_empty() || NAME_CHARS_MAX < name.chars().count() {
        return Said::wrong("a name has 1 to 60 characters");
    }
    let bots = bots::list(tx)?.into_iter();
    let Some(bot) = bots.into_iter().find(|it| it.token_name == new.bot) else {
        return Said::wrong(format!("there is no bot `{}`, or it has never run", new.bot));
    };
    if let Some(user) = &new.user
        && users::in_bot(tx, &bot.id, user)?.is_none()
    {
        return Said::wrong(format!("the bot has no user {user}"));
    }
    let scopes: Vec<_> = scopes.into_iter().map(Scope::as_str).collect();
    let made = Made {
        bot: &bot.id,
        user: new.user.as_ref(),
        name,
        scopes: &scopes.join(" "),
        replaces: None,
    };
    make(tx, ground, &made, "key", now)
}

struct Made<'a> {
    bot: &'a BotId,
    user: Option<&'a UserId>,
    name: &'a str,
    scopes: &'a str,
    replaces: Option<&'a ApiKeyId>,
}

fn make(
    tx: &mut Tx,
    ground: &Ground,
    made: &Made<'_>,
    what: &str,
    now: Millis,
) -> Result<Said, Failure> {
    let key = ApiKeyId::new(ground.number());
    let secret = keys::new_secret(ground);
    let start = keys::start(&secret).unwrap_or_default();
    let new = NewApiKey {
        id: &key,
        bot: made.bot,
        user: made.user,
        name: made.name,
        scopes: made.scopes,
        start,
        hash: &keys::hash(&secret),
        replaces: made.replaces,
    };
    api_keys::insert(tx, &new, now)?;
    let detail = format!("{key} {}: {}", made.name, made.scopes);
    deed(tx, ground, what, made.user, &detail, now)?;
    Said::done(format!("{key}\n{secret}\nKeep the second line: it is not shown again."))
}

fn list(tx: &mut Tx, now: Millis) -> Result<Said, Failure> {
    let mut lines = Vec::new();
    for key in api_keys::list(tx)? {
        let bot = bots::get(tx, &key.bot)?.map(|it| it.token_name).unwrap_or_default();
        lines.push(told(&key, &bot, now));
    }
    Said::done(if lines.is_empty() { "There are none.".to_owned() } else { lines.join("\n") })
}

fn told(key: &ApiKey, bot: &str, now: Millis) -> String {
    let state = match key.revoked_at {
        Some(at) if at <= now => format!(", not good since {}", day(at)),
        Some(at) => format!(", good until {}", day(at)),
        None => String::new(),
    };
    let user = key.user.as_ref().map_or("all users".to_owned(), |it| it.to_string());
    let used = key.last_used_at.map_or("never used".to_owned(), |it| format!("used {}", day(it)));
    let replaces = key.replaces.as_ref().map(|it| format!(", instead of {it}")).unwrap_or_default();
    format!(
        "{}  {}…  {}  {bot}, {user}: {}; made {}, {used}{replaces}{state}",
        key.id,
        key.start,
        key.name,
        key.scopes,
        day(key.created_at)
    )
}

pub fn rotate(
    tx: &mut Tx,
    ground: &Ground,
    key: &ApiKeyId,
    keep_old_hours: u32,
    now: Millis,
) -> Result<Said, Failure> {
    let Some(old) = api_keys::get(tx, key)? else { return Said::no("There is no such key.") };
    if old.revoked_at.is_some_and(|it| it <= now) {
        return Said::no("That key is not good any more: make a new one.");
    }
    let until = now.plus(Millis(i64::from(keep_old_hours) * Millis::HOUR.as_i64()));
    api_keys::revoke(tx, key, until)?;
    let made = Made {
        bot: &old.bot,
        user: old.user.as_ref(),
        name: &old.name,
        scopes: &old.scopes,
        replaces: Some(key),
    };
    make(tx, ground, &made, "key-rotate", now)
}

pub fn revoke(tx: &mut Tx, ground: &Ground, key: &ApiKeyId, now: Millis) -> Result<Said, Failure> {
    let Some(old) = api_keys::get(tx, key)? else { return Said::no("There is no such key.") };
    if !api_keys::revoke(tx, key, now)? {
        return Said::no("It is not good any more already.");
    }
    deed(tx, ground, "key-revoke", old.user.as_ref(), key.as_str(), now)?;
    Said::done("It opens nothing any more.")
}
