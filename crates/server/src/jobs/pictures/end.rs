//! The ends of a generation, each one decision: the hold, the rows, the news.

use domain::refusal::Fault;
use domain::{Credits, Millis, News};
use store::generations::{self, End, Generation};
use store::{Tx, ledger};

use crate::app::Ground;
use crate::failure::Failure;
use crate::outbox::tell;

fn count(generation: &Generation, state: &'static str) {
    metrics::counter!("atelier_generations_total", "product" => generation.product.as_str(), "state" => state).increment(1);
}

/// It ended without a picture: exactly what was held goes back.
pub fn failed(
    tx: &mut Tx,
    ground: &Ground,
    generation: &Generation,
    fault: Fault,
    withheld: u32,
    now: Millis,
) -> Result<(), Failure> {
    let returned = ledger::release(tx, &generation.hold, now)?;
    if 0 < withheld {
        generations::delivered(tx, &generation.id, 0, withheld)?;
    }
    generations::end(tx, &generation.id, End::Failed(fault), now)?;
    count(generation, "FAILED");
    let news = News::PicturesFailed {
        generation: generation.id.clone(),
        product: generation.product,
        fault,
        returned,
    };
    tell(tx, ground, &generation.user, &news, generation.id.as_str(), now)
}

pub fn canceled(
    tx: &mut Tx,
    ground: &Ground,
    generation: &Generation,
    now: Millis,
) -> Result<(), Failure> {
    let returned = ledger::release(tx, &generation.hold, now)?;
    generations::end(tx, &generation.id, End::Canceled, now)?;
    count(generation, "CANCELED");
    let news = News::PicturesCanceled {
        generation: generation.id.clone(),
        product: generation.product,
        returned,
    };
    tell(tx, ground, &generation.user, &news, generation.id.as_str(), now)
}

/// Pictures came, all or some of them: those are charged for, the rest goes back.
pub fn succeeded(
    tx: &mut Tx,
    ground: &Ground,
    generation: &Generation,
    made: u32,
    withheld: u32,
    now: Millis,
) -> Result<(), Failure> {
    let due = generation.each.times(made);
    let captured = ledger::capture(tx, &generation.hold, due, now)?;
    generations::delivered(tx, &generation.id, made, withheld)?;
    generations::end(tx, &generation.id, End::Succeeded, now)?;
    count(generation, "SUCCEEDED");
    ready(tx, ground, generation, (made, withheld), captured.charged, now)
}

/// Says that pictures are there; they go out with it.
pub fn ready(
    tx: &mut Tx,
    ground: &Ground,
    generation: &Generation,
    (made, withheld): (u32, u32),
    charged: Credits,
    now: Millis,
) -> Result<(), Failure> {
    let returned = generation.credits.less(charged);
    let (id, product) = (generation.id.clone(), generation.product);
    let news = News::PicturesReady { generation: id, product, made, withheld, charged, returned };
    tell(tx, ground, &generation.user, &news, generation.id.as_str(), now)
}
