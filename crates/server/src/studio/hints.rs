//! Words by a model: what a photo shows, and better ones for a prompt. Free, and so many a day.

use domain::command::Picture;
use domain::picture::{self, WORDS_CHARS_MAX, WrongWords};
use domain::{HintId, JobId, Millis, News, Refusal, Task, script};
use store::hints::{self, Ask, NewHint};
use store::users::User;
use store::{StoreError, Tx, jobs};

use crate::app::Ground;
use crate::makers;
use crate::studio::{Done, Stop, refuse};

/// What Telegram gives to bots at most.
const PHOTO_BYTES_MAX: u64 = 20 * 1024 * 1024;

/// How often they may still ask in these 24 hours.
pub fn left(tx: &mut Tx, ground: &Ground, user: &User, now: Millis) -> Result<u32, StoreError> {
    let since = Millis(now.as_i64() - Millis::DAY.as_i64());
    let asked = hints::asked_since(tx, &user.id, since)?;
    Ok(ground.config.hints.per_day.saturating_sub(asked))
}

/// Asks what a photo shows.
pub fn read_photo(tx: &mut Tx, ground: &Ground, user: &User, photo: &Picture, now: Millis) -> Done {
    if PHOTO_BYTES_MAX < photo.bytes {
        return refuse(Refusal::PhotoTooLarge);
    }
    let workflow = ground.config.hints.photo_workflow.clone();
    ask(tx, ground, user, &Ask::Photo { file_id: photo.file_id.clone() }, &workflow, now)
}

/// Asks for a better wording.
pub fn improve(tx: &mut Tx, ground: &Ground, user: &User, words: &str, now: Millis) -> Done {
    let words = fit(picture::words(words), WORDS_CHARS_MAX as u32)?;
    let workflow = ground.config.hints.words_workflow.clone().unwrap_or_default();
    ask(tx, ground, user, &Ask::Words { words }, &workflow, now)
}

/// Asks for something to say in a video, or for a text to be said better.
pub fn help_script(tx: &mut Tx, ground: &Ground, user: &User, words: &str, now: Millis) -> Done {
    let most = ground.catalog.videos.limits.script_chars_max;
    let words = fit(script::script(words, most as usize), most)?;
    let workflow = ground.config.hints.words_workflow.clone().unwrap_or_default();
    ask(tx, ground, user, &Ask::Script { words }, &workflow, now)
}

fn fit(words: Result<String, WrongWords>, most: u32) -> Result<String, Stop> {
    match words {
        Ok(words) => Ok(words),
        Err(WrongWords::Empty) => refuse(Refusal::WordsEmpty),
        Err(WrongWords::TooLong) => refuse(Refusal::WordsTooLong { most }),
    }
}

fn ask(tx: &mut Tx, ground: &Ground, user: &User, ask: &Ask, workflow: &str, now: Millis) -> Done {
    let provider = &ground.config.hints.provider;
    if workflow.is_empty() || !makers::is_open(tx, ground, provider, now)? {
        return refuse(Refusal::ProductPaused);
    }
    if left(tx, ground, user, now)? == 0 {
        return refuse(Refusal::TooManyTries);
    }
    // A text is said in the language in which it was written, whatever the menu's is.
    let language = match ask {
        Ask::Script { words } => script::language_of(words, user.language),
        Ask::Photo { .. } | Ask::Words { .. } => user.language,
    };
    let hint = HintId::new(ground.number());
    let new =
        NewHint { id: &hint, user: &user.id, bot: &user.bot, ask, language, provider, workflow };
    hints::insert(tx, &new, now)?;
    let task = Task::Hint { hint: hint.clone() };
    let job = jobs::NewJob {
        unique_key: Some(format!("hint:{hint}")),
        group_key: Some(user.id.as_str().to_owned()),
        wake_key: Some(hint.as_str().to_owned()),
        ..jobs::NewJob::of(&task)
    };
    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    Ok(News::HintAsked { hint })
}
