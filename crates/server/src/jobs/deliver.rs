//! What a user must hear: written with its cause, sent for certain by a job of its own.

use domain::{JobId, Millis, News, Task, TellId, UserId};
use store::{Tx, chats, jobs, tells};

use crate::app::Ground;
use crate::failure::Failure;

/// Writes news for a user and queues its sending. The key makes a repeat harmless.
pub fn tell(
    tx: &mut Tx,
    ground: &Ground,
    user: &UserId,
    news: &News,
    about: &str,
    now: Millis,
) -> Result<(), Failure> {
    // Whoever never opened a chat can't be told: there is nowhere to.
    let Some(chat) = chats::of_user(tx, user)? else { return Ok(()) };
    let id = TellId::new(ground.number());
    let kind = serde_json::to_value(news).ok();
    let kind = kind.as_ref().and_then(|it| it.get("news")?.as_str()).unwrap_or("news");
    let new = tells::NewTell {
        id: &id,
        chat: &chat.id,
        user,
        bot: &chat.bot,
        news,
        about: Some(about),
        dedupe_key: &format!("{kind}:{about}"),
    };
    if tells::insert(tx, &new, now)? {
        let task = Task::Tell { tell: id };
        let job = jobs::NewJob {
            group_key: Some(chat.id.as_str().to_owned()),
            ..jobs::NewJob::of(&task)
        };
        jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    }
    Ok(())
}
