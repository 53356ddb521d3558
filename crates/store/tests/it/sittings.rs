//! Parts of a customer's story with pictures, for tests that need one to have happened: `anna` has
//! an avatar of that name, a generation `x` is `gnr("x")` with the hold `hld("gx")`, its pictures are
//! `x1`, `x2` and so on.

use domain::picture::Product;
use domain::{ArtifactId, Aspect, AvatarId, Credits, Millis, News};
use store::artifacts::{self, NewArtifact};
use store::generations::{self, End, NewGeneration, Run};
use store::ledger::{self, LedgerError};
use store::objects::{self, NewObject};
use store::tells::{self, NewTell};
use store::{StoreError, Tx};

use crate::bed::{NOW, art, ava, bot, cht, gnr, hld, later, obj, tel, usr, wallet};
use crate::ledger::credits;

pub const EACH: i64 = 5;

/// When pictures go that nobody marks.
pub const KEPT_UNTIL: Millis = Millis(1_900_000_000_000);

/// Whether a generation was begun anew.
pub fn order(tx: &mut Tx, owner: &str, name: &str, count: u32) -> Result<bool, LedgerError> {
    order_at(tx, owner, name, count, NOW)
}

pub fn order_at(
    tx: &mut Tx,
    owner: &str,
    name: &str,
    count: u32,
    now: Millis,
) -> Result<bool, LedgerError> {
    let (generation, hold) = (gnr(name), hld(&format!("g{name}")));
    ledger::hold(tx, &hold, &wallet(owner), price(count), generation.as_str(), now)?;
    let new = NewGeneration {
        id: &generation,
        user: &usr(owner),
        bot: &bot("b"),
        product: Product::Picture,
        avatar: Some(&ava(owner)),
        style: Some("studio"),
        style_version: Some(2),
        edit: None,
        making: None,
        stage: None,
        batch: None,
        words: "with a cat",
        prompt: "photo of TOK_1 woman, with a cat",
        aspect: Aspect::Tall,
        count,
        model: "flux",
        seed: 7,
        source: None,
        repeats: None,
        credits: price(count),
        each: price(1),
        hold: &hold,
        provider: "fal",
        workflow: "flux-lora",
    };
    Ok(generations::insert(tx, &new, now)?)
}

pub fn submit(tx: &mut Tx, name: &str, run: &str) -> Result<bool, StoreError> {
    let id = gnr(name);
    if !generations::intend(tx, &id, NOW)? {
        return Ok(false);
    }
    let run = Run { id: run, run: "{}", deadline_at: later(300) };
    generations::started(tx, &id, &run, later(1))
}

/// Delivers so many of what was ordered, with the charge and the news. False: it had ended.
pub fn succeed(
    tx: &mut Tx,
    owner: &str,
    name: &str,
    made: u32,
    now: Millis,
) -> Result<bool, LedgerError> {
    if !generations::end(tx, &gnr(name), End::Succeeded, now)? {
        return Ok(false);
    }
    deliver(tx, owner, &ava(owner), name, made, now)?;
    ledger::capture(tx, &hld(&format!("g{name}")), price(made), now)?;
    tell(tx, owner, name, "end")?;
    Ok(true)
}

pub fn fail(tx: &mut Tx, owner: &str, name: &str, end: End) -> Result<bool, LedgerError> {
    if !generations::end(tx, &gnr(name), end, later(60))? {
        return Ok(false);
    }
    ledger::release(tx, &hld(&format!("g{name}")), later(60))?;
    tell(tx, owner, name, "end")?;
    Ok(true)
}

/// Writes the pictures and their files; the others were withheld.
pub fn deliver(
    tx: &mut Tx,
    owner: &str,
    avatar: &AvatarId,
    name: &str,
    made: u32,
    now: Millis,
) -> Result<(), StoreError> {
    let generation = generations::get_for_job(tx, &gnr(name))?.expect("it was ordered");
    for number in 1..=made {
        let id = art(&format!("{name}{number}"));
        assert!(picture(tx, owner, avatar, name, number, &id, now)?);
    }
    assert!(generations::delivered(tx, &generation.id, made, generation.count - made)?);
    Ok(())
}

fn picture(
    tx: &mut Tx,
    owner: &str,
    avatar: &AvatarId,
    name: &str,
    number: u32,
    id: &ArtifactId,
    now: Millis,
) -> Result<bool, StoreError> {
    let (file, thumbnail) = (file(name, number), thumbnail(name, number));
    for (object, kind) in [(&file, "picture"), (&thumbnail, "thumbnail")] {
        let new = NewObject {
            id: object,
            key: &format!("generations/{object}"),
            bytes: 9,
            sha256: "00",
            kind,
            content_type: "image/jpeg",
            user: Some(&usr(owner)),
            avatar: None,
            delete_after: Some(KEPT_UNTIL),
        };
        objects::insert(tx, &new, now)?;
    }
    let new = NewArtifact {
        id,
        generation: &gnr(name),
        user: &usr(owner),
        bot: &bot("b"),
        avatar: Some(avatar),
        product: Product::Picture,
        number,
        object: &file,
        thumbnail: &thumbnail,
        width: 768,
        height: 1344,
        duration_ms: None,
        seed: 6 + i64::from(number),
        delete_after: Some(KEPT_UNTIL),
    };
    let is_new = artifacts::insert(tx, &new, now)?;
    assert!(!artifacts::insert(tx, &new, now)?, "once");
    Ok(is_new)
}

pub fn file(name: &str, number: u32) -> domain::ObjectId {
    obj(&format!("{name}{number}"))
}

pub fn thumbnail(name: &str, number: u32) -> domain::ObjectId {
    obj(&format!("{name}{number}t"))
}

pub fn tell(tx: &mut Tx, owner: &str, name: &str, what: &str) -> Result<bool, StoreError> {
    let about = gnr(name);
    let new = NewTell {
        id: &tel(&format!("{what}{name}")),
        chat: &cht(owner),
        user: &usr(owner),
        bot: &bot("b"),
        news: &News::CancelAsked,
        about: Some(about.as_str()),
        dedupe_key: &format!("{what}:{about}"),
    };
    tells::insert(tx, &new, later(60))
}

pub fn price(count: u32) -> Credits {
    credits(EACH * i64::from(count))
}
