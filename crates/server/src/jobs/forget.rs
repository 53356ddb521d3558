//! Deletes everything of a person, everywhere, and gives a dated receipt.

use std::sync::Arc;

use domain::{AvatarId, Method, Millis, News, UserId};
use store::objects::{self, Object};
use store::{
    StoreError, avatars, feedback, generations, hints, inputs, payments, photos, refunds,
    subscriptions, tells, trainings, users,
};

use crate::app::App;
use crate::failure::Failure;
use crate::inbox::facts::day;
use crate::jobs::{Ended, renew};
use crate::objects::key;
use crate::outbox::{self, tell};

/// How many files go in one run.
const BATCH: u32 = 200;

/// When the store of files is away.
const AGAIN: Millis = Millis(10 * 60_000);

/// `asked_at` is when they asked for it: what went before that isn't on the receipt.
pub async fn run(app: &Arc<App>, user: UserId, asked_at: Millis) -> Result<Ended, Failure> {
    let wanted = user.clone();
    let (open, files, plan, refunds) = app
        .db
        .read(move |tx| -> Result<_, Failure> {
            let open = trainings::open_of_user(tx, &wanted)?.len()
                + generations::open_of_user(tx, &wanted)?.len();
            let plan = subscriptions::current(tx, &wanted)?;
            let refunds = refunds::count_open(tx, &wanted)?;
            Ok((open, objects::of_user(tx, &wanted, None, BATCH)?, plan, refunds))
        })
        .await?;
    if 0 < open {
        // They were asked to stop; their ends give the credits back.
        return Ok(Ended::wait(&format!("forget:{user}"), Millis::seconds(5)));
    }
    let gone = if files.is_empty() {
        // Also what no row knows: a file whose writing was cut short.
        delete_folders(app, &user).await
    } else {
        delete(app, &files).await
    };
    if let Err(failure) = gone {
        // Never given up: what was promised is that every place is cleared.
        let (evidence, about) = (failure.to_string(), user.clone());
        return Ok(Ended::wait(&format!("forget:{user}"), AGAIN).write(move |tx, ground, now| {
            outbox::raise(tx, ground, "forget-delayed", about.as_str(), &evidence, now)
        }));
    }
    if files.is_empty() {
        if 0 < refunds {
            // Money that is on its way back needs to know to whom.
            return Ok(Ended::wait(&format!("forget:{user}"), Millis::MINUTE));
        }
        if let Err(failure) = forget_remotes(app, &user).await {
            let (evidence, about) = (failure.to_string(), user.clone());
            return Ok(Ended::wait(&format!("forget:{user}"), AGAIN).write(
                move |tx, ground, now| {
                    outbox::raise(tx, ground, "forget-delayed", about.as_str(), &evidence, now)
                },
            ));
        }
        // While it is still known who they are: Telegram would go on charging.
        if let Some(plan) = plan.filter(|it| it.method == Method::Stars)
            && !renew::tell_telegram(app, &plan).await?
        {
            return Ok(Ended::wait(&format!("forget:{user}"), Millis::MINUTE));
        }
        return Ok(finish(user, asked_at));
    }
    Ok(Ended::go_on(&format!("forget:{user}")).write(move |tx, _, now| {
        for file in &files {
            objects::deleted(tx, &file.id, now)?;
        }
        Ok(())
    }))
}

/// Deletes models that stay with providers. One whose provider isn't set up any more is for a
/// person to delete.
async fn forget_remotes(app: &App, user: &UserId) -> Result<(), Failure> {
    let wanted = user.clone();
    let remotes = app.db.read(move |tx| avatars::remotes_for_job(tx, &wanted)).await;
    let remotes: Result<_, StoreError> = remotes;
    for (avatar, provider, model) in remotes? {
        forget_remote(app, &avatar, &provider, &model).await?;
    }
    Ok(())
}

/// The same for one avatar.
pub async fn forget_remote(
    app: &App,
    avatar: &AvatarId,
    provider: &str,
    model: &str,
) -> Result<(), Failure> {
    let is_asked = match app.line(provider) {
        Some(line) => {
            line.provider.forget(&line.http, model).await?;
            true
        }
        None => false,
    };
    let (avatar, model, now) = (avatar.clone(), model.to_owned(), app.ground.now());
    app.db
        .write(move |tx| -> Result<(), Failure> {
            if !is_asked {
                outbox::note(tx, "model-left-behind", avatar.as_str(), &model, now)?;
            }
            Ok(avatars::remote_gone(tx, &avatar)?)
        })
        .await
}

async fn delete_folders(app: &App, user: &UserId) -> Result<(), Failure> {
    for folder in key::of_user(user) {
        app.objects.delete_all(&folder).await?;
    }
    Ok(())
}

/// Deletes the bytes; that they are gone is written by the caller.
pub async fn delete(app: &App, files: &[Object]) -> Result<(), Failure> {
    for file in files {
        app.objects.delete(&file.key).await?;
    }
    Ok(())
}

fn finish(user: UserId, asked_at: Millis) -> Ended {
    Ended::done().write(move |tx, ground, now| {
        let files = objects::count_since(tx, &user, asked_at)?;
        let files = |kind: &str| files.iter().find(|it| it.0 == kind).map_or(0, |it| it.1);
        let photos = u32::try_from(photos::forget(tx, &user, now)?).unwrap_or(u32::MAX);
        // Whatever came in since we looked goes with the next sweep.
        objects::expire_user(tx, &user, now)?;
        let count = avatars::forget(tx, &user, now)?;
        generations::forget(tx, &user, now)?;
        hints::forget(tx, &user, now)?;
        inputs::forget(tx, &user)?;
        feedback::forget(tx, &user)?;
        tells::forget(tx, &user)?;
        if let Some(plan) = subscriptions::current(tx, &user)? {
            subscriptions::end(tx, &plan.id, "they asked to be forgotten", now)?;
        }
        payments::forget(tx, &user)?;
        let news = News::Forgotten {
            photos: photos.saturating_add(files("input")),
            avatars: count,
            pictures: files("picture"),
            videos: files("video"),
            speeches: files("sound"),
            clips: files("clip"),
            on: day(now),
        };
        tell(tx, ground, &user, &news, user.as_str(), now)?;
        users::forget(tx, &user)?;
        Ok(())
    })
}
