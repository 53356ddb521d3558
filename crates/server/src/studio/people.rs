//! Agreement, language, and being forgotten.

use domain::{Credits, JobId, Language, Millis, News, Refusal, Task};
use store::ledger::{self, Grant, GrantKind};
use store::users::User;
use store::{Tx, generations, gifts, jobs, orders, subscriptions, trainings, users};

use crate::app::Ground;
use crate::outbox;
use crate::studio::{Done, Stop, presents, refuse};
use crate::till::plans::tell_telegram;

/// Which terms are agreed to. A new number asks everybody again.
pub const TERMS_VERSION: &str = "1";

/// The wallet of a user: one a bot.
pub fn wallet(user: &User) -> String {
    crate::till::wallet(&user.bot, &user.id)
}

pub fn accept_terms(tx: &mut Tx, ground: &Ground, user: &User, now: Millis) -> Done {
    if jobs::is_open(tx, &forget_key(user))? {
        return refuse(Refusal::BeingForgotten);
    }
    users::consent(tx, &user.id, TERMS_VERSION, now)?;
    let wallet = wallet(user);
    ledger::open_wallet(tx, &wallet, now)?;
    keep_promise(tx, ground, user, now)?;
    let welcome = ground.config.credits.welcome;
    let mark = user.telegram_id.map(|it| ground.mark(it)).unwrap_or_default();
    // Once a person: not for newer terms, and not after having been forgotten.
    if welcome.is_zero() || !users::welcome(tx, &user.bot, &mark, now)? {
        return Ok(News::Welcomed { bonus: Credits::ZERO });
    }
    let reference = format!("welcome:{}", user.id);
    ledger::grant(
        tx,
        &Grant {
            reference: &reference,
            wallet: &wallet,
            credits: welcome,
            kind: GrantKind::Bonus,
            reason: "welcome",
            actor: "atelier",
            cause: Some(user.id.as_str()),
            expires_at: None,
        },
        now,
    )?;
    Ok(News::Welcomed { bonus: welcome })
}

/// Now that they have agreed, the code or gift of the link that brought them does what it does.
fn keep_promise(tx: &mut Tx, ground: &Ground, user: &User, now: Millis) -> Result<(), Stop> {
    let Some(link) = users::take_promise(tx, &user.id)? else { return Ok(()) };
    let Some(user) = users::get(tx, &user.id)? else { return Ok(()) };
    let done = tx.savepoint(|tx| match (link.strip_prefix("p_"), link.strip_prefix("g_")) {
        (Some(code), _) => presents::enter_promo(tx, ground, &user, code, now),
        (None, Some(code)) => presents::open_gift(tx, ground, &user, code, now),
        (None, None) => refuse(Refusal::PromoUnknown),
    });
    let news = match done {
        Ok(news) => news,
        Err(Stop::Refused(refusal)) => News::Refused { refusal },
        Err(failed @ Stop::Failed(_)) => return Err(failed),
    };
    let about = format!("{}:{link}", user.id);
    outbox::tell(tx, ground, &user.id, &news, &about, now)?;
    Ok(())
}

pub fn speak(tx: &mut Tx, user: &User, language: Language) -> Done {
    users::speak(tx, &user.id, language)?;
    Ok(News::LanguageChanged)
}

/// Begins to forget: from now on nothing of this person is used, and a job deletes it everywhere.
pub fn forget(tx: &mut Tx, ground: &Ground, user: &User, now: Millis) -> Done {
    for training in trainings::open_of_user(tx, &user.id)? {
        trainings::ask_cancel(tx, &user.id, &training.id, now)?;
        jobs::wake(tx, training.id.as_str(), now)?;
    }
    for generation in generations::open_of_user(tx, &user.id)? {
        generations::ask_cancel(tx, &user.id, &generation.id, now)?;
        jobs::wake(tx, generation.id.as_str(), now)?;
    }
    // Nothing is charged from here on, and what waits for somebody else goes back.
    if let Some(plan) = subscriptions::current(tx, &user.id)? {
        subscriptions::unlink(tx, &plan.id)?;
        tell_telegram(tx, ground, &plan, now)?;
    }
    for gift in gifts::list(tx, &user.id, u32::MAX >> 1)? {
        gifts::take_back(tx, &gift, now)?;
    }
    orders::expire_all(tx, &user.id, now)?;
    users::withdraw(tx, &user.id)?;
    let task = Task::Forget { user: user.id.clone() };
    let job = jobs::NewJob { unique_key: Some(forget_key(user)), ..jobs::NewJob::of(&task) };
    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    Ok(News::ForgetBegun)
}

/// What the job is known by that forgets somebody.
fn forget_key(user: &User) -> String {
    format!("forget:{}", user.id)
}
