//! Deletes everything of a person, everywhere, and gives a dated receipt.

use std::sync::Arc;

use domain::{Millis, News, UserId};
use store::objects::{self, Object};
use store::{avatars, photos, tells, trainings, users};

use crate::app::App;
use crate::failure::Failure;
use crate::inbox::facts::day;
use crate::jobs::Ended;
use crate::jobs::deliver::tell;

/// How many files go in one run.
const BATCH: u32 = 200;

pub async fn run(app: &Arc<App>, user: UserId) -> Result<Ended, Failure> {
    let wanted = user.clone();
    let (open, files) = app
        .db
        .read(move |tx| -> Result<_, Failure> {
            let open = trainings::open_of_user(tx, &wanted)?.len();
            Ok((open, objects::of_user(tx, &wanted, None, BATCH)?))
        })
        .await?;
    if 0 < open {
        // They were asked to stop; their ends give the credits back.
        return Ok(Ended::wait(&format!("forget:{user}"), Millis::seconds(5)));
    }
    if files.is_empty() {
        return Ok(finish(user));
    }
    delete(app, &files).await?;
    Ok(Ended::go_on(&format!("forget:{user}")).write(move |tx, _, now| {
        for file in &files {
            objects::deleted(tx, &file.id, now)?;
        }
        Ok(())
    }))
}

/// Deletes the bytes; that they are gone is written by the caller.
pub async fn delete(app: &App, files: &[Object]) -> Result<(), Failure> {
    for file in files {
        app.objects.delete(&file.key).await?;
    }
    Ok(())
}

fn finish(user: UserId) -> Ended {
    Ended::done().write(move |tx, ground, now| {
        let photos = photos::forget(tx, &user, now)?;
        let mut count = 0;
        for avatar in avatars::list(tx, &user, None, u32::MAX >> 1)? {
            avatars::delete(tx, &user, &avatar.id, now)?;
            avatars::forget_model(tx, &avatar.id)?;
            count += 1;
        }
        tells::forget(tx, &user)?;
        let news = News::Forgotten {
            photos: u32::try_from(photos).unwrap_or(u32::MAX),
            avatars: count,
            on: day(now),
        };
        tell(tx, ground, &user, &news, user.as_str(), now)?;
        users::forget(tx, &user)?;
        Ok(())
    })
}
