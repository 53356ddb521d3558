//! Parts of a customer's story, for tests that need one to have happened.

use domain::avatar::trigger_word;
use domain::catalog::TrainingSettings;
use domain::command::Picture;
use domain::{AvatarId, AvatarState, Credits, Kind, News, Quality, Subject, TrainingId};
use store::avatars::{self, Model, NewAvatar};
use store::ledger::{self, LedgerError};
use store::objects::{self, NewObject};
use store::photos::{self, NewPhoto};
use store::tells::{self, NewTell};
use store::trainings::{self, End, NewTraining, Run};
use store::{StoreError, Tx};

use crate::bed::{NOW, ava, bot, cht, hld, later, obj, person, pho, tel, trn, usr, wallet};
use crate::ledger::{credits, gift};

pub const PRICE: i64 = 30;

/// Somebody with 100 credits and an avatar that is ready to be trained.
pub fn customer(tx: &mut Tx, name: &str) -> Result<(), LedgerError> {
    person(tx, name)?;
    gift(tx, &format!("welcome:{name}"), name, 100)?;
    let added = avatar(tx, name, &ava(name))?;
    assert!(added, "a new avatar");
    Ok(())
}

pub fn avatar(tx: &mut Tx, owner: &str, id: &AvatarId) -> Result<bool, StoreError> {
    let new = NewAvatar {
        id,
        user: &usr(owner),
        bot: &bot("b"),
        kind: Kind::Portrait,
        subject: Subject::Woman,
        name: owner,
        trigger_word: &trigger_word(id),
        state: AvatarState::Ready,
    };
    avatars::insert(tx, &new, NOW)
}

pub fn picture(message: i64) -> Picture {
    Picture {
        caption: None,
        file_id: format!("file-{message}"),
        unique_id: format!("unique-{message}"),
        bytes: 1_000,
        is_document: false,
        album: Some("album".to_owned()),
        message,
    }
}

pub fn photo(
    tx: &mut Tx,
    owner: &str,
    name: &str,
    message: i64,
) -> Result<Option<u32>, StoreError> {
    let (id, avatar, user) = (pho(name), ava(owner), usr(owner));
    let new = NewPhoto { id: &id, avatar: &avatar, user: &user, picture: &picture(message) };
    photos::insert(tx, &new, NOW)
}

/// Pays for a training with a hold: `trn_NAME`, `hld_NAME`. False: one is open.
pub fn order(tx: &mut Tx, owner: &str, name: &str) -> Result<bool, LedgerError> {
    tx.savepoint(|tx| {
        let training = trn(name);
        ledger::hold(tx, &hld(name), &wallet(owner), price(), training.as_str(), NOW)?;
        let new = NewTraining {
            id: &training,
            avatar: &ava(owner),
            user: &usr(owner),
            bot: &bot("b"),
            kind: Kind::Portrait,
            quality: Quality::Balanced,
            settings: &TrainingSettings { steps: Some(1_000), ..TrainingSettings::default() },
            credits: price(),
            hold: &hld(name),
            provider: "fal",
            workflow: "portrait",
        };
        match trainings::insert(tx, &new, NOW)? {
            true => {
                let from = match avatars::get_for_job(tx, &ava(owner))? {
                    Some(it) => it.state,
                    None => AvatarState::Ready,
                };
                avatars::shift(tx, &ava(owner), from, AvatarState::Training)?;
                Ok(())
            }
            false => Err(LedgerError::Differs(String::new())),
        }
    })
    .map(|()| true)
    .or_else(|it| match it {
        LedgerError::Differs(it) if it.is_empty() => Ok(false),
        other => Err(other),
    })
}

pub fn submit(tx: &mut Tx, id: &TrainingId) -> Result<bool, StoreError> {
    if !trainings::intend(tx, id, NOW)? {
        return Ok(false);
    }
    let run = format!("run-{id}");
    trainings::started(tx, id, &Run { id: &run, run: "{}", deadline_at: later(1_800) }, later(1))
}

pub fn succeed(tx: &mut Tx, owner: &str, name: &str) -> Result<bool, LedgerError> {
    if !trainings::end(tx, &trn(name), End::Succeeded, later(60))? {
        return Ok(false);
    }
    let model = obj(&format!("model{name}"));
    model_file(tx, owner, name)?;
    let done = Model { object: Some(&model), ..Model::default() };
    avatars::complete(tx, &ava(owner), &done, later(60))?;
    ledger::capture(tx, &hld(name), price(), later(60))?;
    tell(tx, owner, name)?;
    Ok(true)
}

pub fn fail(tx: &mut Tx, owner: &str, name: &str, end: End) -> Result<bool, LedgerError> {
    if !trainings::end(tx, &trn(name), end, later(60))? {
        return Ok(false);
    }
    // One that was complete before still has its model.
    let before = avatars::get_for_job(tx, &ava(owner))?.and_then(|it| it.completed_at);
    let back = before.map_or(AvatarState::Failed, |_| AvatarState::Completed);
    avatars::shift(tx, &ava(owner), AvatarState::Training, back)?;
    ledger::release(tx, &hld(name), later(60))?;
    tell(tx, owner, name)?;
    Ok(true)
}

fn model_file(tx: &mut Tx, owner: &str, name: &str) -> Result<bool, StoreError> {
    let new = NewObject {
        id: &obj(&format!("model{name}")),
        key: &format!("models/{name}"),
        bytes: 1_000,
        sha256: "00",
        kind: "model",
        content_type: "application/octet-stream",
        user: Some(&usr(owner)),
        avatar: Some(&ava(owner)),
        delete_after: None,
    };
    objects::insert(tx, &new, NOW)
}

pub fn tell(tx: &mut Tx, owner: &str, name: &str) -> Result<bool, StoreError> {
    let about = trn(name);
    let new = NewTell {
        id: &tel(name),
        chat: &cht(owner),
        user: &usr(owner),
        bot: &bot("b"),
        news: &News::Renamed,
        about: Some(about.as_str()),
        dedupe_key: &format!("end:{name}"),
    };
    tells::insert(tx, &new, later(60))
}

fn price() -> Credits {
    credits(PRICE)
}
