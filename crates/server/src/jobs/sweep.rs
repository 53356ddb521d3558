//! What is done on a schedule.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::task::Sweep;
use domain::{AvatarId, JobId, Millis, News, ObjectId, Task, UserId};
use futures::StreamExt;
use store::objects::{self, Object};
use store::{
    StoreError, Tx, api_requests, artifacts, avatars, deliveries, generations, gifts, jobs, ledger,
    photos, subscriptions, tries, updates, uploads, webhooks,
};

use crate::app::App;
use crate::failure::Failure;
use crate::inbox::facts;
use crate::jobs::{Ended, forget, reconcile, summary};
use crate::objects::key;
use crate::outbox;
use crate::voices;

/// How many rows a run takes; the rest is for the next.
const BATCH: u32 = 200;

/// Of small rows, many at once: ten million a day can go.
const RECORDS: u32 = 20_000;

/// Telegram brings an update again for a day at most; a week is on the safe side.
const UPDATES_KEPT: Millis = Millis::days(7);
/// Somebody who asks again later under the same name makes something new.
const REQUESTS_KEPT: Millis = Millis(48 * 3_600_000);
/// The log of what other programs were told.
const DELIVERIES_KEPT: Millis = Millis::days(30);
const JOBS_KEPT: Millis = Millis::days(7);

/// A file is noted in the moment after it was written; one that isn't by then never will be.
const NOTED_AFTER: Millis = Millis::DAY;
const PAGE: usize = 500;

/// How long before their results are deleted customers hear of it.
const NOTICED_BEFORE: Millis = Millis::days(7);

/// How long a file that is in use is left alone before it is looked at again.
const USED_FOR: Millis = Millis(5 * 60_000);

/// How often each is done.
pub const EVERY: [(Sweep, Millis); 10] = [
    (Sweep::Objects, Millis::MINUTE),
    (Sweep::Grants, Millis::MINUTE),
    (Sweep::Records, Millis::MINUTE),
    (Sweep::Leftovers, Millis::DAY),
    (Sweep::Notices, Millis::HOUR),
    (Sweep::Gifts, Millis::MINUTE),
    (Sweep::Payments, Millis::DAY),
    (Sweep::Plans, Millis::MINUTE),
    (Sweep::Summary, Millis::DAY),
    (Sweep::Voices, Millis::DAY),
];

pub async fn run(app: &Arc<App>, sweep: Sweep) -> Result<Ended, Failure> {
    match sweep {
        Sweep::Objects => expired_objects(app).await,
        Sweep::Leftovers => leftovers(app).await,
        Sweep::Grants => Ok(Ended::done().durably().write(|tx, _, now| {
            ledger::expire_grants(tx, now, BATCH)?;
            Ok(())
        })),
        Sweep::Gifts => Ok(Ended::done().durably().write(|tx, ground, now| {
            for gift in gifts::due_for_job(tx, now, BATCH)? {
                if gifts::take_back(tx, &gift, now)? {
                    let news = News::GiftReturned { credits: gift.credits };
                    outbox::tell(tx, ground, &gift.giver, &news, gift.id.as_str(), now)?;
                }
            }
            Ok(())
        })),
        Sweep::Notices => Ok(Ended::done().write(|tx, ground, now| {
            // Whole days, so that one notice tells of all that go on its day.
            let day = Millis::DAY.as_i64();
            let before = Millis((now.plus(NOTICED_BEFORE).as_i64() / day + 1) * day);
            for expiring in artifacts::expiring_for_job(tx, before, BATCH)? {
                let on = facts::day(expiring.first);
                let news = News::PicturesExpire { count: expiring.count, on };
                let about = format!("{}:{}", expiring.user, facts::iso_day(expiring.first));
                outbox::tell(tx, ground, &expiring.user, &news, &about, now)?;
                artifacts::noticed(tx, &expiring.user, before, now)?;
            }
            Ok(())
        })),
        Sweep::Payments => reconcile::run(app).await,
        Sweep::Plans => Ok(Ended::done().write(|tx, ground, now| {
            for plan in subscriptions::due(tx, now, BATCH)? {
                let task = Task::Renew { subscription: plan.id.clone() };
                let job = jobs::NewJob {
                    unique_key: Some(format!("renew:{}", plan.id)),
                    ..jobs::NewJob::of(&task)
                };
                jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
            }
            Ok(())
        })),
        Sweep::Summary => Ok(summary::run()),
        Sweep::Voices => {
            if let Some(source) = &app.voices {
                let ground = &app.ground;
                let synced = voices::sync(&app.db, source, &ground.catalog, ground.now()).await?;
                tracing::info!(seen = synced.seen, gone = synced.gone, "voices were read");
            }
            Ok(Ended::done())
        }
        Sweep::Records => Ok(Ended::done().write(|tx, _, now| {
            let before = |kept: Millis| Millis(now.as_i64() - kept.as_i64());
            jobs::prune(tx, before(JOBS_KEPT), RECORDS)?;
            updates::prune(tx, before(UPDATES_KEPT), RECORDS)?;
            webhooks::prune(tx, before(UPDATES_KEPT))?;
            tries::prune(tx, now)?;
            api_requests::prune(tx, before(REQUESTS_KEPT))?;
            deliveries::prune(tx, before(DELIVERIES_KEPT))?;
            Ok(())
        })),
    }
}

async fn expired_objects(app: &Arc<App>) -> Result<Ended, Failure> {
    let ground = app.ground.clone();
    let due = move |tx: &mut Tx| due_objects(tx, ground.now());
    let (expired, in_use): (Vec<Object>, Vec<Object>) = app.db.read(due).await?;
    let mut gone = Vec::new();
    for object in expired {
        // One that can't be deleted must not keep the others.
        match app.objects.delete(&object.key).await {
            Ok(()) => gone.push(object),
            Err(error) => {
                tracing::warn!(object.id = %object.id, %error, "a file could not be deleted yet");
            }
        }
    }
    if !gone.is_empty() {
        tracing::info!(count = gone.len(), "files whose time was over are deleted");
    }
    Ok(Ended::done().write(move |tx, _, now| {
        for object in &gone {
            objects::deleted(tx, &object.id, now)?;
            photos::file_gone(tx, &object.id, now)?;
            artifacts::file_gone(tx, &object.id, now)?;
            uploads::forget_of_object(tx, &object.id)?;
        }
        for object in &in_use {
            objects::postpone(tx, &object.id, now.plus(USED_FOR))?;
        }
        Ok(())
    }))
}

/// Objects whose time is over, and those of them that are in use: a video that somebody has been
/// paid for doesn't fail because its owner has deleted the speech from the gallery. Who wants to be
/// forgotten isn't kept waiting by it: their work is stopped, and all their files go with it.
fn due_objects(tx: &mut Tx, now: Millis) -> Result<(Vec<Object>, Vec<Object>), StoreError> {
    let mut in_use: BTreeMap<UserId, Vec<ObjectId>> = BTreeMap::new();
    let due = objects::due_for_job(tx, now, BATCH)?;
    for user in due.iter().filter_map(|it| it.user.as_ref()) {
        if !in_use.contains_key(user) {
            in_use.insert(user.clone(), generations::in_use_for_job(tx, user)?);
        }
    }
    let is_free = |it: &Object| {
        let of_user = it.user.as_ref().and_then(|it| in_use.get(it));
        !of_user.is_some_and(|of_user| of_user.contains(&it.id))
    };
    Ok(due.into_iter().partition(is_free))
}

/// Deletes files that no row knows: their writer died, or was overtaken, between the file and the
/// row. However many files there are, a page of them is in memory.
async fn leftovers(app: &Arc<App>) -> Result<Ended, Failure> {
    let before = Millis(app.ground.now().as_i64() - NOTED_AFTER.as_i64());
    let mut count = 0;
    for folder in [key::AVATARS, key::GENERATIONS, key::EDITS] {
        let mut pages = app.objects.list(folder).chunks(PAGE);
        while let Some(page) = pages.next().await {
            let mut old = Vec::new();
            for listed in page {
                let listed = listed?;
                // A bucket may hold what isn't ours to judge.
                let is_ours = key::avatar_of(&listed.key).is_some() || key::is_of_work(&listed.key);
                if is_ours && listed.written_at < before {
                    old.push(listed.key);
                }
            }
            let unknown = app.db.read(move |tx| objects::unknown_for_job(tx, &old)).await?;
            for key in unknown {
                app.objects.delete(&key).await?;
                count += 1;
            }
        }
    }
    if 0 < count {
        tracing::info!(count, "files that nobody had noted are deleted");
    }
    Ok(Ended::done())
}

/// Deletes the folder of an avatar. Its noted files are struck out by their own sweep.
pub async fn clear(app: &Arc<App>, user: &UserId, avatar: &AvatarId) -> Result<Ended, Failure> {
    let id = avatar.clone();
    let found = app.db.read(move |tx| avatars::get_for_job(tx, &id)).await?;
    if found.as_ref().is_none_or(|it| it.deleted_at.is_some()) {
        app.objects.delete_all(&key::avatar(user, avatar)).await?;
        let remote = found.and_then(|it| it.remote_provider.zip(it.remote_model));
        if let Some((provider, model)) = remote {
            forget::forget_remote(app, avatar, &provider, &model).await?;
        }
    }
    Ok(Ended::done())
}
