//! Speeches, as far as they differ from pictures: what is handed in, and what is kept of the sound.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use connectors::providers::{MadeSpeech, SpeechWork, Work};
use domain::Millis;
use domain::catalog::SpeechMaker;
use domain::refusal::Fault;
use domain::script;
use domain::video::Making;
use media::video::Folder;
use store::generations::{self, Generation};
use store::{StoreError, Tx, users};

use super::{From, Step};
use crate::app::Ground;
use crate::failure::Failure;
use crate::film;
use crate::jobs::Ended;
use crate::jobs::errand::{Piece, Ready};
use crate::jobs::pictures::kept::{self, Kind, Stored};
use crate::jobs::pictures::{booked, end};
use crate::makers::{self, Editor};
use crate::objects::key;
use crate::voices;

/// Whoever could take over, and the voice, as long as it is there.
pub(super) fn read(
    tx: &mut Tx,
    ground: &Ground,
    generation: &Generation,
) -> Result<(Vec<(String, String)>, From), StoreError> {
    let voice = match &generation.making {
        Some(Making::Speech { voice, .. }) => voices::find(tx, ground, voice)?,
        _ => None,
    };
    let writer = users::get(tx, &generation.user)?.map(|it| it.language).unwrap_or_default();
    let language = script::language_of(&generation.words, writer);
    let able = makers::of_speech(tx, ground, language, ground.now())?;
    Ok((after(&able, generation), From::Voice { voice, language }))
}

/// Those who come after whoever has it, in the catalog's order: work never goes back.
pub(super) fn after(able: &[Editor], generation: &Generation) -> Vec<(String, String)> {
    let has =
        |it: &Editor| it.provider == generation.provider && it.workflow == generation.workflow;
    let place = able.iter().position(has);
    let rest = able.iter().skip(place.map_or(0, |it| it + 1));
    // Whoever is closed has left the list, and with it their place: those who had it before don't
    // get it again.
    let is_new = |it: &&Editor| place.is_some() || !generation.tried.contains(&it.provider);
    rest.filter(is_new).map(|it| (it.provider.clone(), it.workflow.clone())).collect()
}

/// Who speaks it, by the catalog.
pub(super) fn maker<'a>(ground: &'a Ground, generation: &Generation) -> Option<&'a SpeechMaker> {
    ground
        .catalog
        .videos
        .speech
        .makers
        .iter()
        .find(|it| it.provider == generation.provider && it.workflow == generation.workflow)
}

impl Step<'_> {
    /// A script, ready to be handed in.
    pub(super) async fn speech(&self) -> Result<Ready, Failure> {
        let it = &self.known.generation;
        // What came before is there: only the rest of it is done again.
        match self.came_before().await {
            Ok(Some(came)) => return Ok(Ready::Step(self.bring_home(&came).await?)),
            Ok(None) => {}
            Err(failure) => return Ok(Ready::Step(self.later(failure)?)),
        }
        // What is spoken has to be measured: where it can't be, it isn't bought.
        if film::is_full(&self.app.films).await? {
            return Ok(Ready::Step(Ended::wait(it.id.as_str(), Millis::MINUTE)));
        }
        let (From::Voice { voice, language }, Some(Making::Speech { speed_percent, .. })) =
            (&self.known.from, &it.making)
        else {
            return Ok(Ready::Step(self.canceled()));
        };
        let Some(voice) = voice else { return Ok(Ready::Step(self.failed(Fault::VoiceGone))) };
        let maker = maker(&self.app.ground, it);
        let knows_directions = maker.is_some_and(|it| it.knows_directions);
        let knows_speed = maker.is_some_and(|it| it.knows_speed);
        Ok(Ready::Work(Box::new(Work::Speech(SpeechWork {
            work: it.id.as_str().to_owned(),
            workflow: it.workflow.clone(),
            voice: voice.voice.clone(),
            text: if knows_directions { it.words.clone() } else { script::spoken(&it.words) },
            speed_percent: if knows_speed { *speed_percent } else { 100 },
            language: Some(language.as_str().to_owned()),
            seed: u32::try_from(it.seed).unwrap_or_default(),
        }))))
    }

    /// What was spoken is booked and kept before anything is made of it: nobody gives it twice, but
    /// for money.
    pub(super) async fn keep_speech(&self, made: MadeSpeech) -> Result<Ended, Failure> {
        let (generation, now) = (self.known.generation.clone(), self.app.ground.now());
        let came = film::place(self.app, generation.id.as_str()).await?;
        let cost = maker(&self.app.ground, &generation)
            .map_or(0, |it| it.cost_micros(made.characters as usize));
        let book = move |tx: &mut Tx| booked(tx, &generation, cost, "spoken", now);
        self.app.db.write(book).await?;
        film::keep(&came, &made.audio).await?;
        self.bring_home(&came).await
    }

    async fn came_before(&self) -> Result<Option<PathBuf>, Failure> {
        let came = film::place(self.app, self.known.generation.id.as_str()).await?;
        Ok(tokio::fs::try_exists(&came).await?.then_some(came))
    }

    /// Makes the sound even, measures it, stores it and ends the generation.
    async fn bring_home(&self, came: &Path) -> Result<Ended, Failure> {
        let ended = self.bring_in_folder(came).await;
        let id = self.known.generation.id.clone();
        ended.or_else(|failure| {
            // It was answered, so nothing is uncertain any more.
            let ended = self.later(failure)?;
            Ok(ended.also(move |tx, _, _| Ok(generations::not_taken(tx, &id).map(|_| ())?)))
        })
    }

    async fn bring_in_folder(&self, came: &Path) -> Result<Ended, Failure> {
        if film::is_full(&self.app.films).await? {
            return Err(Failure::NoRoom);
        }
        let work = film::folder(self.app, self.known.generation.id.as_str()).await?;
        let ended = self.store_sound(came, &work).await;
        film::leave(work).await;
        ended
    }

    async fn store_sound(&self, came: &Path, work: &Arc<Folder>) -> Result<Ended, Failure> {
        let generation = self.known.generation.clone();
        let stretch = match (&generation.making, maker(&self.app.ground, &generation)) {
            (Some(Making::Speech { speed_percent, .. }), Some(maker)) if !maker.knows_speed => {
                *speed_percent
            }
            _ => 100,
        };
        let sound = match film::sound(self.app, work, came, stretch).await {
            Ok(sound) => sound,
            Err(film::Wrong::Unusable(why)) => {
                tracing::error!(generation.id = %generation.id, why, "a speech is not what it should be");
                return Ok(self.let_go(self.errand.otherwise(self, Fault::ResultBroken, &why)));
            }
            Err(film::Wrong::Failed(failure)) => return Err(failure),
        };
        let (user, of) = (&generation.user, &generation.id);
        let file =
            Stored::of_file(self.app, key::picture(user, of, 1, "mp3"), &sound.path, "audio/mpeg")
                .await?;
        let shown =
            Stored::of_bytes(self.app, key::picture_thumbnail(user, of, 1), sound.waveform).await?;
        let millis = sound.millis;
        tracing::info!(generation.id = %generation.id, millis, "a speech is ready");
        let ended = Ended::done().durably().paint(self.known.chat.clone());
        Ok(self.let_go(ended.write(move |tx, ground, now| {
            let artifact = kept::Piece {
                file: &file,
                thumbnail: &shown,
                kind: Kind::Sound,
                width: film::WAVEFORM_SIDE,
                height: film::WAVEFORM_SIDE,
                millis,
            };
            artifact.write(tx, ground, &generation, now)?;
            end::succeeded(tx, ground, &generation, 1, 0, now)
        })))
    }
}
