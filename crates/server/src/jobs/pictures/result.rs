//! What a provider made: fetched, looked at and stored before anybody calls it done.

use std::time::Duration;

use connectors::providers::{MadePicture, ProviderError, RemoteFile};
use domain::refusal::Fault;
use domain::{ArtifactId, Millis};
use media::artifact::{Limits, TakenIn};
use store::artifacts::{self, NewArtifact};
use store::generations::Generation;
use store::users::UserState;
use store::{Tx, ledger, users};

use crate::app::{App, Ground};
use crate::failure::Failure;
use crate::farm;
use crate::jobs::Ended;
use crate::jobs::errand::Piece;
use crate::jobs::pictures::kept::Stored;
use crate::jobs::pictures::{Step, booked, cost_each, end, new_object};
use crate::makers;
use crate::objects::key;

/// Ten times what the models give.
const PICTURE_BYTES_MAX: u64 = 40 * 1024 * 1024;
const FETCH_TIME: Duration = Duration::from_secs(30);

/// How long beyond what was promised a file is waited for that can't be fetched, while the others
/// are there.
const PATIENCE: Millis = Millis(120_000);

/// A picture in our own storage, not in the books yet.
#[derive(Clone)]
pub struct Kept {
    artifact: ArtifactId,
    /// Its place in what was ordered, from 1.
    number: u32,
    object: Stored,
    thumbnail: Stored,
    width: u32,
    height: u32,
}

/// All that came of a run.
#[derive(Clone)]
pub struct Brought {
    pub kept: Vec<Kept>,
    /// Kept back by a safety check.
    pub withheld: u32,
    /// What the provider gave, good or not: it takes its price for each.
    pub given: u32,
    /// Those that could not be fetched now, and perhaps later.
    pub missing: u32,
}

impl Brought {
    pub fn made(&self) -> u32 {
        u32::try_from(self.kept.len()).unwrap_or(u32::MAX)
    }

    /// Writes the rows of the pictures.
    pub fn write(
        &self,
        tx: &mut Tx,
        ground: &Ground,
        generation: &Generation,
        now: Millis,
    ) -> Result<(), Failure> {
        let delete_after = now.plus(ground.config.pictures.kept);
        for kept in &self.kept {
            kept.object.note(tx, generation, "picture", delete_after, now)?;
            kept.thumbnail.note(tx, generation, "thumbnail", delete_after, now)?;
            let new = NewArtifact {
                id: &kept.artifact,
                generation: &generation.id,
                user: &generation.user,
                bot: &generation.bot,
                avatar: generation.avatar.as_ref(),
                product: generation.product,
                number: kept.number,
                object: &kept.object.id,
                thumbnail: &kept.thumbnail.id,
                width: kept.width,
                height: kept.height,
                duration_ms: None,
                seed: generation.seed + i64::from(kept.number) - 1,
                delete_after: Some(delete_after),
            };
            artifacts::insert(tx, &new, now)?;
        }
        Ok(())
    }
}

impl Step<'_> {
    /// Brings the pictures home and ends the generation: captured, stored and told in one commit.
    pub async fn bring(&self, pictures: Vec<MadePicture>) -> Result<Ended, Failure> {
        let generation = self.known.generation.clone();
        let brought = fetch(self.app, &generation, pictures).await?;
        // The provider has done its work, and the result waits there: so do we, within reason.
        if 0 < brought.missing && self.is_worth_waiting(!brought.kept.is_empty()) {
            return Ok(self.errand.wait());
        }
        let given = brought.given;
        if brought.kept.is_empty() {
            let (fault, withheld) = match brought.withheld {
                0 => (Fault::ResultBroken, 0),
                withheld => (Fault::ContentRejected, withheld),
            };
            let chat = self.known.chat.clone();
            return Ok(Ended::done().durably().paint(chat).write(move |tx, ground, now| {
                book(tx, ground, &generation, given, "nothing to deliver", now)?;
                end::failed(tx, ground, &generation, fault, withheld, now)
            }));
        }
        tracing::info!(generation.id = %generation.id, made = brought.made(), "pictures are ready");
        Ok(Ended::done().durably().paint(self.known.chat.clone()).write(move |tx, ground, now| {
            brought.write(tx, ground, &generation, now)?;
            let (made, withheld) = (brought.made(), brought.withheld);
            book(tx, ground, &generation, given, "delivered", now)?;
            end::succeeded(tx, ground, &generation, made, withheld, now)
        }))
    }
}

impl Step<'_> {
    /// Whether files that can't be fetched are waited for: not for long where others are there.
    fn is_worth_waiting(&self, has_others: bool) -> bool {
        let (row, now) = (&self.errand.standing, self.app.ground.now());
        let begun = row.started_at.unwrap_or(row.created_at);
        let until = match (has_others, row.deadline_at) {
            (false, Some(deadline)) => deadline,
            (true, _) | (false, None) => {
                begun.plus(self.promised().unwrap_or_default()).plus(PATIENCE)
            }
        };
        now < until
    }
}

/// What a run cost: the provider takes its price for each picture that it gave.
pub fn book(
    tx: &mut Tx,
    ground: &Ground,
    generation: &Generation,
    pictures: u32,
    outcome: &str,
    now: Millis,
) -> Result<(), Failure> {
    let cost = cost_each(ground, generation).saturating_mul(i64::from(pictures));
    booked(tx, generation, cost, outcome, now)
}

/// Copies pictures home. One that can't be had, or isn't a picture, is left out: it isn't charged.
pub async fn fetch(
    app: &App,
    generation: &Generation,
    pictures: Vec<MadePicture>,
) -> Result<Brought, Failure> {
    let mut brought = Brought { kept: Vec::new(), withheld: 0, given: 0, missing: 0 };
    // More than was ordered is neither wanted nor paid for.
    for (number, picture) in (1..=generation.count).zip(pictures) {
        brought.given += 1;
        let file = match picture {
            MadePicture::File(file) => file,
            MadePicture::Withheld => {
                brought.withheld += 1;
                continue;
            }
        };
        match take_in(app, generation, &file).await {
            // A black picture is what some providers give instead of a refusal.
            Ok(taken) if taken.is_blank => brought.withheld += 1,
            Ok(taken) => brought.kept.push(store(app, generation, number, taken).await?),
            Err(Failure::Provider(
                error @ (ProviderError::Refused { .. }
                | ProviderError::Unexpected { .. }
                | ProviderError::Closed { .. }),
            )) => {
                tracing::error!(generation.id = %generation.id, number, %error, "a picture is not what it should be");
            }
            Err(failure) if failure.may_pass() => {
                tracing::warn!(generation.id = %generation.id, number, %failure, "a picture can't be fetched yet");
                brought.missing += 1;
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(brought)
}

/// Fetches one picture and looks into it.
async fn take_in(
    app: &App,
    generation: &Generation,
    file: &RemoteFile,
) -> Result<TakenIn, Failure> {
    let bytes = bytes_of(app, generation, file).await?;
    // A few at a time, so that looking at pictures never takes all cores from the chats.
    let _turn = app.looks.acquire().await.map_err(|it| Failure::Ours(it.to_string()))?;
    let looked = move || media::artifact::take_in(&bytes, &Limits::default());
    let looked = tokio::task::spawn_blocking(looked).await;
    let looked = looked.map_err(|_| Failure::Ours("looking at a picture panicked".to_owned()))?;
    looked.map_err(|wrong| {
        let cause = format!("it isn't a picture to give away: {wrong}");
        ProviderError::Refused { fault: Fault::ResultBroken, cause }.into()
    })
}

async fn bytes_of(
    app: &App,
    generation: &Generation,
    file: &RemoteFile,
) -> Result<Vec<u8>, Failure> {
    // Only our own GPUs put what they make into our own storage.
    if generation.provider == makers::GPU {
        let Some(key) = farm::result_key(&generation.user, &file.url) else {
            let cause = "a GPU named a file that isn't its own".to_owned();
            return Err(ProviderError::Unexpected { cause }.into());
        };
        return match app.objects.get(key).await {
            Ok(bytes) => Ok(bytes.to_vec()),
            Err(error) if error.is_absent() => {
                let cause = "what a GPU has made is gone".to_owned();
                Err(ProviderError::Unexpected { cause }.into())
            }
            Err(error) => Err(error.into()),
        };
    }
    let missing = || Failure::Ours(format!("provider `{}` is not set up", generation.provider));
    let http = &app.line(&generation.provider).ok_or_else(missing)?.http;
    let mut bytes = Vec::new();
    http.fetch(&file.url, PICTURE_BYTES_MAX, FETCH_TIME, &mut bytes).await?;
    Ok(bytes)
}

/// Puts a picture and its thumbnail into our own storage.
async fn store(
    app: &App,
    generation: &Generation,
    number: u32,
    taken: TakenIn,
) -> Result<Kept, Failure> {
    let (user, of) = (&generation.user, &generation.id);
    let picture = key::picture(user, of, number, taken.format.extension());
    let thumbnail = key::picture_thumbnail(user, of, number);
    let object = Stored {
        id: new_object(app),
        key: picture,
        bytes: taken.clean.len() as i64,
        sha256: taken.sha256,
        content_type: taken.format.content_type(),
    };
    app.objects.put(&object.key, taken.clean).await?;
    let small = Stored::of_bytes(app, thumbnail, taken.thumbnail).await?;
    Ok(Kept {
        artifact: ArtifactId::new(app.ground.number()),
        number,
        object,
        thumbnail: small,
        width: taken.width,
        height: taken.height,
    })
}

/// Pictures that came although the generation had ended without them: free, as the credits went
/// back, and they stay back.
pub fn deliver_late(
    tx: &mut Tx,
    ground: &Ground,
    generation: &Generation,
    brought: &Brought,
    now: Millis,
) -> Result<(), Failure> {
    let is_released = ledger::hold_state(tx, &generation.hold)?
        .is_some_and(|it| it.state == ledger::HoldState::Released);
    // Files of somebody who was forgotten are noted nowhere, so the sweep of leftovers finds them.
    let user = users::get(tx, &generation.user)?;
    let is_there = user.is_some_and(|it| it.state != UserState::Forgotten);
    if !is_there || !is_released || !store::generations::came_late(tx, &generation.id, now)? {
        return Ok(());
    }
    brought.write(tx, ground, generation, now)?;
    let (made, withheld) = (brought.made(), brought.withheld);
    store::generations::delivered(tx, &generation.id, made, withheld)?;
    book(tx, ground, generation, brought.given, "delivered late", now)?;
    let free = domain::Credits::ZERO;
    let about = format!("{}:late", generation.id);
    let news = domain::News::PicturesReady {
        generation: generation.id.clone(),
        product: generation.product,
        made,
        withheld,
        charged: free,
        returned: generation.credits,
    };
    crate::outbox::note(
        tx,
        "late-result",
        generation.id.as_str(),
        "delivered free of charge",
        now,
    )?;
    crate::outbox::tell(tx, ground, &generation.user, &news, &about, now)
}
