//! What screens are told about talking videos.

use chat::facts::{Facts, Needs, TakeFacts};
use domain::picture::Product;
use domain::video::Making;
use domain::{ArtifactId, Millis};
use store::users::User;
use store::{Tx, artifacts, generations};

use crate::app::Ground;
use crate::failure::Failure;
use crate::inbox::facts::pictures::generation;
use crate::voices;

pub(super) fn gather(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    needs: &Needs,
    now: Millis,
    facts: &mut Facts<'_>,
) -> Result<(), Failure> {
    if needs.voices {
        facts.voices = voices::shown(tx, ground, user.language)?;
        let latest = generations::latest_speech(tx, &user.id)?.and_then(|it| it.making);
        if let Some(Making::Speech { voice, .. }) = latest {
            facts.usual_voice = Some(voice).filter(|it| facts.voice(it).is_some());
        }
    }
    if let Some(id) = &needs.speaking
        && let Some(it) = generations::of(tx, &user.id, id)?
    {
        facts.speaking = generation(tx, user, it, now)?;
    }
    for id in &needs.takes {
        facts.takes.extend(take(tx, user, id)?);
    }
    for id in &needs.shot {
        if let Some(it) = generations::of(tx, &user.id, id)? {
            facts.shot.extend(generation(tx, user, it, now)?);
        }
    }
    Ok(())
}

/// What was spoken, if it is this user's and still there.
fn take(tx: &mut Tx, user: &User, id: &ArtifactId) -> Result<Option<TakeFacts>, Failure> {
    let found = artifacts::of(tx, &user.id, id)?;
    let Some(artifact) = found.filter(|it| it.product == Product::Speech) else { return Ok(None) };
    let Some(said) = generations::of(tx, &user.id, &artifact.generation)? else { return Ok(None) };
    let Some(Making::Speech { voice, speed_percent }) = said.making else { return Ok(None) };
    Ok(Some(TakeFacts {
        artifact: artifact.id,
        generation: said.id,
        voice,
        script: said.words,
        speed_percent,
        millis: artifact.duration_ms.unwrap_or_default(),
    }))
}
