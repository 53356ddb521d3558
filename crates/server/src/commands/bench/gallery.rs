//! A large gallery: what a page of it needs to know, and the picture that shows it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chat::facts::{Cursor, Filter, GALLERY_PAGE, GalleryNeed, Needs};
use domain::picture::Product;
use domain::{
    ArtifactId, Aspect, AvatarId, AvatarState, Credits, GenerationId, HoldId, Kind, Language,
    Millis, ObjectId, Subject, UserId,
};
use media::artifact::{Limits, take_in};
use media::collage::{Tile, draw};
use store::artifacts::{self, NewArtifact};
use store::avatars::{self, Model, NewAvatar};
use store::generations::{self, End, NewGeneration};
use store::objects::{self, NewObject};
use store::users::{self, NewUser, User};
use store::{Backend, Db, Tx, ledger};

use super::pictures::{bot, delays};
use super::{cpu_of, memory_of};
use crate::app::Ground;
use crate::clock::{Clock, Ids, SystemClock};
use crate::config::{Config, Given};
use crate::failure::Failure;
use crate::inbox::facts;
use crate::start;
use crate::studio::people::wallet;

const RUNS: usize = 200;
/// Among how many times as many pictures the gallery is.
const AMONG: u32 = 3;
/// The others have a hundred pictures each.
const OTHERS_HAVE: u32 = 100;
const BY_FOUR: u32 = 4;
/// How many orders are written in one transaction.
const BATCH: u32 = 250;
/// A server tidies up by itself; it looks once a minute whether it has to.
const TIDIES: Duration = Duration::from_secs(90);
const FIRST_TELEGRAM: i64 = 6_000_000_000;

pub async fn measure(db: &Db, size: u32) -> std::io::Result<()> {
    let start = Instant::now();
    let filled = fill(db, size).await.map_err(std::io::Error::other)?;
    println!(
        "a gallery of {size} pictures among {}, written in {} s",
        size * AMONG,
        start.elapsed().as_secs()
    );
    if db.backend() == Backend::Postgres {
        tokio::time::sleep(TIDIES).await;
    }
    println!(
        "{:<44} {:>8} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "", "runs", "least ms", "p50", "p99", "CPU ms", "RSS MB"
    );
    let ground = Arc::new(ground()?);
    let middle = || Cursor::OlderThan(filled.middle.clone());
    let of_avatar = || Filter { avatar: Some(filled.avatar.clone()), ..Filter::default() };
    let favourites = || Filter { is_favourite: true, ..Filter::default() };
    for (name, filter, cursor) in [
        ("facts of the first page", Filter::default(), Cursor::Newest),
        ("facts of a page in the middle", Filter::default(), middle()),
        ("the same, turned back", Filter::default(), Cursor::NewerThan(filled.middle.clone())),
        ("facts of the last page", Filter::default(), Cursor::OlderThan(filled.last.clone())),
        ("of one avatar, in the middle", of_avatar(), middle()),
        ("favourites, in the middle", favourites(), middle()),
    ] {
        let need = GalleryNeed { filter, is_still: false, cursor, limit: GALLERY_PAGE };
        let needs = Needs { gallery: Some(need), ..Needs::default() };
        page(db, &ground, &filled.user, needs, name).await?;
    }
    collage()
}

async fn page(
    db: &Db,
    ground: &Arc<Ground>,
    user: &User,
    needs: Needs,
    name: &str,
) -> std::io::Result<()> {
    let mut took = Vec::with_capacity(RUNS);
    let begun = cpu_of("self")?;
    for _ in 0..RUNS {
        let (ground, user, needs) = (ground.clone(), user.clone(), needs.clone());
        let start = Instant::now();
        let shown = db.read(move |tx| {
            let facts = facts::gather(tx, &ground, &user, &needs, ground.now())?;
            Ok::<_, Failure>(facts.gallery.map_or(0, |it| it.tiles.len()))
        });
        let shown = shown.await.map_err(std::io::Error::other)?;
        took.push(start.elapsed());
        assert!(0 < shown, "a page that was filled is not empty");
    }
    let cpu = (cpu_of("self")? - begun).as_secs_f64() * 1_000.0 / RUNS as f64;
    took.sort_unstable();
    println!("{} {cpu:>9.2} {:>9.1}", delays(name, &took), memory_of("self", "VmRSS")?);
    Ok(())
}

/// The page as a picture, of the thumbnails that taking in a picture makes.
fn collage() -> std::io::Result<()> {
    let picture = super::maker::picture();
    let taken = once("a picture of 1024x1024 taken in", || take_in(&picture, &Limits::default()))?;
    let thumbnail = taken.map_err(std::io::Error::other)?.thumbnail;
    let numbers = 1..=u8::try_from(GALLERY_PAGE).unwrap_or(u8::MAX);
    let tile = |number| Tile { thumbnail: Some(&thumbnail), number, is_favourite: number == 1 };
    let tiles: Vec<_> = numbers.map(tile).collect();
    once("the page as a picture, of its thumbnails", || draw(&tiles, 3))?;
    Ok(())
}

/// Prints how long something takes on this thread, and gives what came of the last time.
fn once<T>(name: &str, mut work: impl FnMut() -> T) -> std::io::Result<T> {
    let begun = cpu_of("self")?;
    let mut took = Vec::with_capacity(RUNS);
    let mut last = None;
    for _ in 0..RUNS {
        let start = Instant::now();
        last = Some(std::hint::black_box(work()));
        took.push(start.elapsed());
    }
    let cpu = (cpu_of("self")? - begun).as_secs_f64() * 1_000.0 / RUNS as f64;
    took.sort_unstable();
    println!("{} {cpu:>9.2} {:>9.1}", delays(name, &took), memory_of("self", "VmRSS")?);
    Ok(last.expect("it ran at least once"))
}

fn ground() -> std::io::Result<Ground> {
    let config = Config::load(&Given { sandbox: true, ..Given::default() });
    let config = config.map_err(std::io::Error::other)?;
    start::ground(config, Arc::new(SystemClock), Ids::random()).map_err(std::io::Error::other)
}

/// Whose gallery it is, and places in it.
struct Filled {
    user: User,
    avatar: AvatarId,
    middle: ArtifactId,
    last: ArtifactId,
}

/// Writes the gallery and those of others in between, an order a minute up to now.
async fn fill(db: &Db, size: u32) -> Result<Filled, Failure> {
    let ids = Arc::new(Ids::random());
    let now = SystemClock.now();
    let people = 1 + size * (AMONG - 1) / OTHERS_HAVE;
    let source = ids.clone();
    let persons = db.write(move |tx| (0..people).map(|it| person(tx, &source, it, now)).collect());
    let persons: Arc<Vec<Person>> = Arc::new(persons.await?);
    let orders = size * AMONG / BY_FOUR;
    let mut kept: Vec<ArtifactId> = Vec::new();
    for first in (0..orders).step_by(BATCH as usize) {
        let (ids, persons) = (ids.clone(), persons.clone());
        let batch = db.write(move |tx| {
            let mut kept = Vec::new();
            for order in first..(first + BATCH).min(orders) {
                let at = now.since(Millis(i64::from(orders - order) * Millis::MINUTE.as_i64()));
                let others = persons.len() as u32 - 1;
                let is_first = order % AMONG == 0 || others == 0;
                let whose = if is_first { 0 } else { 1 + order % others };
                let made = pictures(tx, &ids, &persons[whose as usize], order, at)?;
                if is_first {
                    kept.extend(made);
                }
            }
            Ok::<_, Failure>(kept)
        });
        kept.extend(batch.await?);
    }
    let owner = &persons[0];
    let place = |at: usize| kept[at.min(kept.len() - 1)].clone();
    Ok(Filled {
        user: owner.user.clone(),
        avatar: owner.avatars[0].clone(),
        middle: place(kept.len() / 2),
        last: place(GALLERY_PAGE as usize),
    })
}

struct Person {
    user: User,
    avatars: Vec<AvatarId>,
}

fn person(tx: &mut Tx, ids: &Ids, number: u32, now: Millis) -> Result<Person, Failure> {
    let new = NewUser {
        id: &UserId::new(ids.next(now)),
        bot: &bot(),
        telegram_id: FIRST_TELEGRAM + i64::from(number),
        first_name: "Anna",
        language: Language::En,
        origin: None,
    };
    let (user, _) = users::find_or_create(tx, &new, now)?;
    ledger::open_wallet(tx, &wallet(&user), now)?;
    let mut known = Vec::new();
    for place in 0..BY_FOUR {
        let avatar = AvatarId::new(ids.next(now));
        let new = NewAvatar {
            id: &avatar,
            user: &user.id,
            bot: &user.bot,
            kind: Kind::Portrait,
            subject: Subject::Woman,
            name: "Anna",
            trigger_word: &format!("anna{number}of{place}"),
            state: AvatarState::Training,
        };
        avatars::insert(tx, &new, now)?;
        let model =
            Model { remote: Some("model"), remote_provider: Some("fal"), ..Model::default() };
        avatars::complete(tx, &avatar, &model, now)?;
        known.push(avatar);
    }
    Ok(Person { user, avatars: known })
}

/// An order of four that was delivered, one picture of some of them a favourite.
fn pictures(
    tx: &mut Tx,
    ids: &Ids,
    of: &Person,
    order: u32,
    at: Millis,
) -> Result<Vec<ArtifactId>, Failure> {
    let Person { user, avatars } = of;
    let generation = GenerationId::new(ids.next(at));
    let hold = HoldId::new(ids.next(at));
    ledger::hold(tx, &hold, &wallet(user), Credits::ZERO, generation.as_str(), at)?;
    let avatar = &avatars[order as usize / AMONG as usize % avatars.len()];
    let new = NewGeneration {
        id: &generation,
        user: &user.id,
        bot: &user.bot,
        product: Product::Picture,
        avatar: Some(avatar),
        style: None,
        style_version: None,
        edit: None,
        making: None,
        stage: None,
        batch: None,
        words: "in the garden",
        prompt: "photo of a woman in the garden",
        aspect: Aspect::default(),
        count: BY_FOUR,
        model: "flux",
        seed: 1,
        source: None,
        repeats: None,
        credits: Credits::ZERO,
        each: Credits::ZERO,
        hold: &hold,
        provider: "fal",
        workflow: "fal-ai/flux-lora",
    };
    generations::insert(tx, &new, at)?;
    let until = Some(at.plus(Millis::days(180)));
    let mut made = Vec::new();
    for number in 1..=BY_FOUR {
        let mut object = |kind, name| {
            let id = ObjectId::new(ids.next(at));
            let key = format!("bench/{generation}/{number}{name}");
            let new = NewObject {
                id: &id,
                key: &key,
                bytes: 1,
                sha256: "",
                kind,
                content_type: "image/jpeg",
                user: Some(&user.id),
                avatar: None,
                delete_after: until,
            };
            objects::insert(tx, &new, at)?;
            Ok::<_, Failure>(id)
        };
        let (picture, thumbnail) = (object("picture", "")?, object("thumbnail", "t")?);
        let id = ArtifactId::new(ids.next(at));
        let new = NewArtifact {
            id: &id,
            generation: &generation,
            user: &user.id,
            bot: &user.bot,
            avatar: Some(avatar),
            product: Product::Picture,
            number,
            object: &picture,
            thumbnail: &thumbnail,
            width: 1_024,
            height: 1_024,
            duration_ms: None,
            seed: i64::from(number),
            delete_after: until,
        };
        artifacts::insert(tx, &new, at)?;
        if number == 1 && order.is_multiple_of(AMONG * 3) {
            artifacts::favour(tx, &user.id, &id, true, Millis::days(180), at)?;
        }
        made.push(id);
    }
    generations::delivered(tx, &generation, BY_FOUR, 0)?;
    generations::end(tx, &generation, End::Succeeded, at)?;
    ledger::capture(tx, &hold, Credits::ZERO, at)?;
    Ok(made)
}
