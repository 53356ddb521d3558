//! What customers say about us: to those who answer for the bot, and about what was made.

use domain::feedback::{Note, PER_HOUR};
use domain::{FeedbackId, GenerationId, Millis, News, Refusal, WorkState};
use store::feedback::{self, NewFeedback};
use store::users::User;
use store::{Tx, generations, ratings, tries};

use crate::app::Ground;
use crate::studio::{Done, refuse};
use crate::support;

/// What writing is counted as.
pub const WRITTEN: &str = "feedback";

pub fn write(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    note: &Note,
    is_answer: bool,
    now: Millis,
) -> Done {
    if user.consent.is_none() {
        return refuse(Refusal::TermsNotAccepted);
    }
    if PER_HOUR < tries::so_far(tx, &user.id, WRITTEN, now)? {
        return refuse(Refusal::TooManyTries);
    }
    if note.is_empty() {
        return refuse(Refusal::WordsEmpty);
    }
    // What doesn't fit below a photo of an album would be refused unseen: the next photo's answer
    // takes the place of it.
    let notes = note.clone().apart();
    if let Some(long) = notes.iter().find(|it| it.is_too_long()) {
        let most = u32::try_from(long.chars_max()).unwrap_or(u32::MAX);
        return refuse(Refusal::WordsTooLong { most });
    }
    let follows = if is_answer { feedback::last_answer(tx, &user.id)? } else { None };
    for note in &notes {
        let id = FeedbackId::new(ground.number());
        let new = NewFeedback {
            id: &id,
            user: &user.id,
            bot: &user.bot,
            at: None,
            follows: follows.as_ref(),
            note,
        };
        feedback::insert(tx, &new, now)?;
        support::show(tx, ground, &user.bot, &id, now)?;
    }
    metrics::counter!("atelier_feedback_total", "by" => "customer").increment(1);
    Ok(News::FeedbackTaken)
}

/// Only what came about can be liked or not, and only by whom it was made for.
pub fn rate(
    tx: &mut Tx,
    user: &User,
    generation: &GenerationId,
    is_good: bool,
    now: Millis,
) -> Done {
    let order = generations::of(tx, &user.id, generation)?;
    let Some(order) = order.filter(|it| it.state == WorkState::Succeeded) else {
        return refuse(Refusal::GenerationGone);
    };
    ratings::put(tx, &user.id, generation, is_good, now)?;
    let word = if is_good { "good" } else { "bad" };
    metrics::counter!(
        "atelier_ratings_total", "product" => order.product.as_str(), "rating" => word
    )
    .increment(1);
    Ok(News::Rated { is_good })
}
