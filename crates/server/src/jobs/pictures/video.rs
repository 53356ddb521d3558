//! Talking videos while others work on them: whoever moves the lips, then whoever cuts the person
//! out, where that is needed. Putting it together is a job of its own (`montage`).

use std::sync::Arc;
use std::time::Duration;

use connectors::providers::{
    LipSyncWork, MadeVideo, MattingWork, ProviderError, Resolution, Upload, Work,
};
use domain::refusal::Fault;
use domain::video::{Face, Format, Making, Stage, VideoDraft};
use domain::{JobId, Millis, ObjectId, Task};
use futures::StreamExt;
use media::video::Folder;
use store::generations::{self, Generation};
use store::objects::{self, Object};
use store::{StoreError, Tx, artifacts, inputs, jobs};

use super::{From, Step, offered};
use crate::app::{App, Ground, Line};
use crate::failure::Failure;
use crate::film;
use crate::jobs::Ended;
use crate::jobs::errand::{self, Piece, Ready};
use crate::jobs::pictures::booked;
use crate::jobs::pictures::kept::Stored;
use crate::jobs::pictures::speech::after;
use crate::makers;
use crate::objects::key;
use crate::till::plans;

/// A minute of the finest video, several times over.
const VIDEO_BYTES_MAX: u64 = 400 * 1024 * 1024;
const FETCH_TIME: Duration = Duration::from_secs(300);

/// How long what came is kept until it was put together: longer than anybody waits for that.
const RAW_KEPT: Millis = Millis::days(2);

/// Who speaks, as far as they are there.
pub(super) struct Talk {
    pub draft: VideoDraft,
    pub millis: i64,
    pub portrait: Option<Portrait>,
    pub sound: Option<Object>,
    /// What the stage before has given.
    pub raw: Option<Object>,
}

/// A picture of somebody, wherever it lies.
pub(super) enum Portrait {
    /// Of the catalog: its name there, and the end of its file's name.
    Catalog {
        name: String,
        is_green: bool,
    },
    Stored(Box<Object>),
}

/// Where a face is; none when it isn't any more.
pub(super) fn portrait(
    tx: &mut Tx,
    ground: &Ground,
    generation: &Generation,
    face: &Face,
    wants_green: bool,
) -> Result<Option<Portrait>, StoreError> {
    match face {
        Face::Character(name) => {
            let is_green = wants_green && makers::is_on_green(ground, face);
            let is_there = ground.catalog.face(name).is_some();
            Ok(is_there.then(|| Portrait::Catalog { name: name.clone(), is_green }))
        }
        Face::Input(input) => {
            let input = inputs::of(tx, &generation.user, input)?;
            let Some(object) = input.and_then(|it| it.object) else { return Ok(None) };
            let object = objects::of(tx, &generation.user, &object)?;
            Ok(object.map(|it| Portrait::Stored(Box::new(it))))
        }
    }
}

/// Whoever could take over, and all that it is made of.
pub(super) fn read(
    tx: &mut Tx,
    ground: &Ground,
    generation: &Generation,
) -> Result<(Vec<(String, String)>, From), StoreError> {
    let Some(Making::Video { draft, millis }) = &generation.making else {
        return Ok((Vec::new(), From::Nothing));
    };
    let now = ground.now();
    let able = match generation.stage {
        Some(Stage::Matte) => makers::of_matting(tx, ground, now)?,
        Some(Stage::Lips) => makers::of_videos(tx, ground, draft.quality, *millis, now)?,
        Some(Stage::Montage) | None => Vec::new(),
    };
    // Deleted since, it is there until nothing is made from it any more.
    let sound = match artifacts::file_of(tx, &generation.user, &draft.speech)? {
        Some(speech) => objects::of(tx, &generation.user, &speech)?,
        None => None,
    };
    let raw = match &generation.raw_object {
        Some(object) => objects::of(tx, &generation.user, object)?,
        None => None,
    };
    let wants_green = draft.format == Format::OverBackground;
    let portrait = portrait(tx, ground, generation, &draft.face, wants_green)?;
    let talk = Talk { draft: draft.clone(), millis: *millis, portrait, sound, raw };
    Ok((after(&able, generation), From::Talk(Box::new(talk))))
}

/// What a provider takes for a stage of a video, by the length that it bills or else by that of the
/// sound.
pub fn cost(ground: &Ground, generation: &Generation, billed: Option<i64>) -> i64 {
    let Some(Making::Video { draft, millis }) = &generation.making else { return 0 };
    let videos = &ground.catalog.videos;
    let millis = billed.unwrap_or(*millis);
    let is_it = |provider: &str, workflow: &str| {
        provider == generation.provider && workflow == generation.workflow
    };
    let found = if generation.stage == Some(Stage::Matte) {
        let mut makers = videos.over.makers.iter();
        makers.find(|it| is_it(&it.provider, &it.workflow)).map(|it| it.cost_micros(millis))
    } else {
        let mut makers = videos.offer(draft.quality).makers.iter();
        makers.find(|it| is_it(&it.provider, &it.workflow)).map(|it| it.cost_micros(millis))
    };
    found.unwrap_or_default()
}

/// How long whoever has it may take before somebody else is asked.
pub(super) fn promised(ground: &Ground, generation: &Generation, talk: &Talk) -> Option<Millis> {
    let videos = &ground.catalog.videos;
    let seconds = match generation.stage? {
        Stage::Matte => videos.over.promised_seconds,
        Stage::Lips | Stage::Montage => {
            let mut makers = videos.offer(talk.draft.quality).makers.iter();
            makers.find(|it| it.workflow == generation.workflow)?.promised_seconds
        }
    };
    Some(Millis::seconds(i64::from(seconds)))
}

/// Puts a face where the provider can read it. None: it isn't there any more.
pub(super) async fn show(
    app: &App,
    line: &Line,
    portrait: &Portrait,
) -> Result<Option<String>, Failure> {
    match portrait {
        Portrait::Stored(object) => {
            let name = object.key.rsplit('/').next().unwrap_or("face");
            offered(app, line, object, name).await
        }
        Portrait::Catalog { name, is_green } => {
            let catalog = &app.ground.catalog;
            let found = if *is_green { catalog.green_face(name) } else { catalog.face(name) };
            let Some(bytes) = found.map(<[u8]>::to_vec) else { return Ok(None) };
            let (end, content_type) = match bytes.starts_with(b"\x89PNG") {
                true => ("png", "image/png"),
                false => ("jpg", "image/jpeg"),
            };
            let upload = Upload {
                name: format!("face.{end}"),
                content_type: content_type.to_owned(),
                bytes: bytes.len() as u64,
                body: futures::stream::iter([Ok(bytes.into())]).boxed(),
            };
            Ok(Some(line.provider.upload(&line.http, upload).await?))
        }
    }
}

impl Step<'_> {
    /// A stage of a video, ready to be handed in.
    pub(super) async fn video(&self, line: &Line, talk: &Talk) -> Result<Ready, Failure> {
        match self.known.generation.stage {
            Some(Stage::Lips) => self.lips(line, talk).await,
            Some(Stage::Matte) => self.matte(line, talk).await,
            // Its own job has it.
            Some(Stage::Montage) | None => Ok(Ready::Step(Ended::done())),
        }
    }

    async fn lips(&self, line: &Line, talk: &Talk) -> Result<Ready, Failure> {
        let it = &self.known.generation;
        let (Some(portrait), Some(sound)) = (&talk.portrait, &talk.sound) else {
            // The face or the sound was deleted meanwhile.
            return Ok(Ready::Step(self.canceled()));
        };
        let Some(image_url) = show(self.app, line, portrait).await? else {
            return Ok(Ready::Step(self.canceled()));
        };
        let Some(audio_url) = offered(self.app, line, sound, "speech.mp3").await? else {
            return Ok(Ready::Step(self.canceled()));
        };
        let offer = self.app.ground.catalog.videos.offer(talk.draft.quality);
        let maker = offer.makers.iter().find(|maker| maker.workflow == it.workflow);
        let resolution = match maker.and_then(|it| it.resolution.as_deref()) {
            Some("720p") => Some(Resolution::P720),
            Some("1080p") => Some(Resolution::P1080),
            Some(_) | None => None,
        };
        Ok(Ready::Work(Box::new(Work::LipSync(LipSyncWork {
            workflow: it.workflow.clone(),
            image_url,
            audio_url,
            resolution,
            prompt: None,
            webhook_url: errand::webhook_url(line, &self.errand.id),
        }))))
    }

    async fn matte(&self, line: &Line, talk: &Talk) -> Result<Ready, Failure> {
        let Some(raw) = &talk.raw else {
            return Err(Failure::Ours("there is no video to cut a person out of".to_owned()));
        };
        let Some(video_url) = offered(self.app, line, raw, "talking.mp4").await? else {
            return Ok(Ready::Step(self.failed(Fault::Ours)));
        };
        Ok(Ready::Work(Box::new(Work::Matting(MattingWork {
            workflow: self.known.generation.workflow.clone(),
            video_url,
            webhook_url: errand::webhook_url(line, &self.errand.id),
        }))))
    }

    /// Brings home what a stage has given, and begins the next one.
    pub(super) async fn take_stage(&self, made: MadeVideo, talk: &Talk) -> Result<Ended, Failure> {
        // The result waits at the provider, and so do we, until the deadline.
        self.take_in_folder(made, talk).await.or_else(|failure| self.later(failure))
    }

    async fn take_in_folder(&self, made: MadeVideo, talk: &Talk) -> Result<Ended, Failure> {
        if film::is_full(&self.app.films).await? {
            return Err(Failure::NoRoom);
        }
        let work = film::folder(self.app, self.known.generation.id.as_str()).await?;
        let ended = self.take_in(made, talk, &work).await;
        film::leave(work).await;
        ended
    }

    async fn take_in(
        &self,
        made: MadeVideo,
        talk: &Talk,
        work: &Arc<Folder>,
    ) -> Result<Ended, Failure> {
        let generation = self.known.generation.clone();
        let Some(from) = generation.stage else {
            return Err(Failure::Ours("a video is at no stage".to_owned()));
        };
        let cost = cost(&self.app.ground, &generation, made.seconds_millis);
        let path = work.path().join("came");
        let wrong = match self.fetch_to(&made.url, &path).await {
            Ok(()) => match film::probe(self.app, work, &path).await {
                Ok(probed) => talk.lacks(&probed, from).map(str::to_owned),
                Err(film::Wrong::Unusable(why)) => Some(why),
                Err(film::Wrong::Failed(failure)) => return Err(failure),
            },
            Err(Failure::Provider(
                error @ (ProviderError::Refused { .. }
                | ProviderError::Unexpected { .. }
                | ProviderError::Closed { .. }),
            )) => Some(error.to_string()),
            Err(failure) => return Err(failure),
        };
        if let Some(why) = wrong {
            return Ok(self.broken(cost, &why));
        }
        let (end, content_type) = match from {
            Stage::Matte => ("webm", "video/webm"),
            Stage::Lips | Stage::Montage => ("mp4", "video/mp4"),
        };
        let name = key::raw_video(&generation.user, &generation.id, from.as_str(), end);
        let raw = Stored::of_file(self.app, name, &path, content_type).await?;
        let needs_cut = from == Stage::Lips
            && talk.draft.format == Format::OverBackground
            && !matches!(talk.portrait, Some(Portrait::Catalog { is_green: true, .. }));
        Ok(Ended::done().durably().paint(self.known.chat.clone()).write(move |tx, ground, now| {
            raw.note(tx, &generation, "raw", now.plus(RAW_KEPT), now)?;
            if let Some(before) = &generation.raw_object {
                objects::expire(tx, before, now)?;
            }
            booked(tx, &generation, cost, "stage", now)?;
            next_stage(tx, ground, &generation, from, needs_cut, &raw, now)
        }))
    }

    /// What came is of no use: whoever made it has failed, and the next one is asked while there is
    /// time. It was billed all the same.
    fn broken(&self, cost: i64, why: &str) -> Ended {
        let generation = self.known.generation.clone();
        tracing::error!(generation.id = %generation.id, why, "a video is not what it should be");
        let ended = match self.errand.is_in_time() {
            true => self.errand.otherwise(self, Fault::ResultBroken, why),
            false => self.failed(Fault::ResultBroken),
        };
        ended.also(move |tx, _, now| booked(tx, &generation, cost, "nothing to deliver", now))
    }

    async fn fetch_to(&self, url: &str, path: &std::path::Path) -> Result<(), Failure> {
        let missing = || {
            let name = &self.known.generation.provider;
            Failure::Ours(format!("provider `{name}` is not set up"))
        };
        let line = self.app.line(&self.known.generation.provider).ok_or_else(missing)?;
        let mut file = tokio::fs::File::create(path).await?;
        line.http.fetch(url, VIDEO_BYTES_MAX, FETCH_TIME, &mut file).await?;
        Ok(file.sync_all().await?)
    }
}

/// What a length may differ from that of its sound: some make whole seconds, some end with a frame.
const LENGTH_OFF: i64 = 1_500;

/// How much may be missing of what a header promises: some count the last frame, some don't.
const MISSING_MAX: i64 = 300;

impl Talk {
    /// What was put where a provider can read it.
    pub(super) fn offered(&self) -> Vec<ObjectId> {
        let portrait = match &self.portrait {
            Some(Portrait::Stored(object)) => Some(object.id.clone()),
            Some(Portrait::Catalog { .. }) | None => None,
        };
        let others = [&self.sound, &self.raw].into_iter().flatten();
        portrait.into_iter().chain(others.map(|it| it.id.clone())).collect()
    }

    /// What keeps a file from being what was ordered: moving pictures as long as the sound, all of
    /// them there.
    fn lacks(&self, probed: &film::Probed, stage: Stage) -> Option<&'static str> {
        let has_pictures = probed.width != 0 && probed.height != 0;
        // Whoever cuts a person out need not keep the sound: it is ours.
        let is_of_stage = match stage {
            Stage::Matte => probed.has_alpha,
            Stage::Lips | Stage::Montage => probed.has_sound,
        };
        if !has_pictures || !is_of_stage {
            return Some("it isn't the video that was ordered");
        }
        if MISSING_MAX < probed.missing {
            return Some("it ends before its time");
        }
        let is_as_long = (probed.millis - self.millis).abs() <= LENGTH_OFF;
        (!is_as_long).then_some("it isn't as long as its sound")
    }
}

/// Hands a video on: to whoever cuts the person out, or to us.
fn next_stage(
    tx: &mut Tx,
    ground: &Ground,
    generation: &Generation,
    from: Stage,
    needs_cut: bool,
    raw: &Stored,
    now: Millis,
) -> Result<(), Failure> {
    let cutters = if needs_cut { makers::of_matting(tx, ground, now)? } else { Vec::new() };
    let cutter = match (needs_cut, cutters.into_iter().next()) {
        (false, _) => None,
        (true, Some(cutter)) => Some(cutter),
        // They were there when it was ordered: whoever is named first is asked, and says no.
        (true, None) => ground.catalog.videos.over.makers.first().map(|it| makers::Editor {
            provider: it.provider.clone(),
            workflow: it.workflow.clone(),
        }),
    };
    let (to, provider, workflow) = match &cutter {
        Some(cutter) => (Stage::Matte, cutter.provider.as_str(), cutter.workflow.as_str()),
        None => (Stage::Montage, film::PROVIDER, "montage"),
    };
    let step = generations::Step { from, to, provider, workflow, given: &raw.id };
    if !generations::advance(tx, &generation.id, &step, now)? {
        // It ended meanwhile, and nobody needs what came.
        objects::expire(tx, &raw.id, now)?;
        return Ok(());
    }
    let task = match to {
        Stage::Montage => Task::Montage { generation: generation.id.clone() },
        Stage::Lips | Stage::Matte => Task::Generate { generation: generation.id.clone() },
    };
    let job = jobs::NewJob {
        priority: plans::priority(tx, ground, &generation.user)?,
        unique_key: Some(format!("{}:{}", to.as_str(), generation.id)),
        group_key: Some(generation.user.as_str().to_owned()),
        wake_key: Some(generation.id.as_str().to_owned()),
        ..jobs::NewJob::of(&task)
    };
    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    Ok(())
}
