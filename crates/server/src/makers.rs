//! Who can do what: the providers of a piece of work that are set up and take work from us.

use domain::Millis;
use domain::Quality;
use domain::catalog::{Choice, Likeness, Maker, PictureModel, TrainingOffer};
use store::avatars::Avatar;
use store::{StoreError, Tx, attention};

use crate::app::Ground;

/// How long nothing is given to a provider that takes no work from us. The first order after it
/// finds out whether that has changed, and costs nothing if it hasn't.
const RESTS: Millis = Millis(15 * 60_000);

/// Whether a provider is set up and takes work, as far as is known.
pub fn is_open(
    tx: &mut Tx,
    ground: &Ground,
    provider: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    let closed = attention::since(tx, "provider-closed", provider)?;
    let is_set_up = ground.providers.contains(&provider);
    Ok(is_set_up && closed.is_none_or(|it| RESTS <= now.since(it)))
}

/// Whoever can make pictures of a model with an avatar now, in the catalog's order.
pub fn of_pictures<'a>(
    tx: &mut Tx,
    ground: &Ground,
    model: &'a PictureModel,
    avatar: &Avatar,
    varies: bool,
    now: Millis,
) -> Result<Vec<&'a Maker>, StoreError> {
    let mut able = Vec::new();
    for maker in &model.makers {
        let has_likeness = match maker.likeness {
            Likeness::Weights => avatar.model_object.is_some(),
            Likeness::Remote => {
                avatar.remote_model.is_some()
                    && avatar.remote_provider.as_deref() == Some(maker.provider.as_str())
            }
        };
        let is_able = has_likeness && (maker.can_vary || !varies);
        if is_able && is_open(tx, ground, &maker.provider, now)? {
            able.push(maker);
        }
    }
    Ok(able)
}

/// Whoever can do a training now: whose turn it is first, by the operator's word or by the
/// catalog's shares, and a number below 100 that was drawn.
pub fn of_training<'a>(
    tx: &mut Tx,
    ground: &Ground,
    offer: &'a TrainingOffer,
    quality: Quality,
    drawn: u32,
    now: Millis,
) -> Result<Vec<Choice<'a>>, StoreError> {
    let turn = match &ground.config.training.trainer {
        Some(trainer) => trainer.as_str(),
        None => offer.by_share(drawn),
    };
    let mut able = Vec::new();
    for choice in offer.trainers(quality) {
        if is_open(tx, ground, choice.provider, now)? {
            able.push(choice);
        }
    }
    able.sort_by_key(|it| it.provider != turn);
    Ok(able)
}
