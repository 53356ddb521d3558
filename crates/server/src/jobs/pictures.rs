//! Pictures: what is handed in for them, and what is done with what comes back. How they live at a
//! provider is in `errand`.

use std::sync::Arc;

use async_trait::async_trait;
use connectors::providers::{
    Likeness, Made, PictureWork, ProviderError, SourcePicture, Upload, Work,
};
use domain::catalog::{self, Maker};
use domain::picture::Product;
use domain::refusal::Fault;
use domain::video::Stage;
use domain::{ChatId, GenerationId, Language, Millis, ObjectId};
use futures::FutureExt;
use store::avatars::Avatar;
use store::generations::{self, Generation};
use store::objects::{self, Object};
use store::{StoreError, Tx, artifacts, avatars, chats, uploads, voices};

use crate::app::{App, Ground, Line};
use crate::failure::Failure;
use crate::film;
use crate::jobs::errand::{self, Errand, Id, Piece, Ready, Standing, standing};
use crate::jobs::{Ended, montage};
use crate::links;
use crate::makers;
use crate::outbox;
use crate::voices::Found;

mod character;
pub mod edit;
pub mod end;
pub mod kept;
pub mod result;
mod speech;
pub mod video;

/// What was put where a provider can read it lies there for a day: it serves for most of it.
const UPLOAD_SERVES: Millis = Millis(20 * 3_600_000);

/// `begun` is when it was ordered or, of a stage of a video, when that began: however often it has
/// gone to somebody else since, its time counts from then.
pub async fn run(app: &Arc<App>, id: GenerationId, begun: Millis) -> Result<Ended, Failure> {
    let Some(known) = read(app, &id).await? else { return Ok(Ended::done()) };
    let it = &known.generation;
    // What we put together ourselves is another job's.
    if !it.state.is_open() || it.stage == Some(Stage::Montage) {
        return Ok(Ended::done());
    }
    let standing = Standing { created_at: begun, ..standing!(it) };
    let errand = Errand { app, id: Id::Generation(id), standing, chat: known.chat.clone() };
    errand.run(&Step { errand: &errand, app, known: &known }).await
}

/// A generation with everything that is needed to make it.
pub struct Known {
    pub generation: Generation,
    pub chat: Option<ChatId>,
    /// Whoever else could make it now: provider and workflow.
    others: Vec<(String, String)>,
    from: From,
}

/// What a generation is made from.
enum From {
    Avatar {
        /// Deleted or not.
        avatar: Box<Avatar>,
        source: Option<Box<Object>>,
        model: Option<Box<Object>>,
    },
    /// Those that are still there.
    Photos(Vec<Object>),
    /// Of a character that is to be changed; none when it isn't there any more.
    Face(Option<video::Portrait>),
    /// None when it isn't there any more.
    Voice {
        voice: Option<Found>,
        language: Language,
    },
    Talk(Box<video::Talk>),
    /// Its owner was forgotten.
    Nothing,
}

pub async fn read(app: &App, id: &GenerationId) -> Result<Option<Known>, Failure> {
    let (id, ground) = (id.clone(), app.ground.clone());
    app.db
        .read(move |tx| {
            let Some(it) = generations::get_for_job(tx, &id)? else { return Ok(None) };
            let chat = chats::of_user(tx, &it.user)?.map(|it| it.id);
            let Some(avatar) = &it.avatar else {
                let (others, from) = match it.product {
                    Product::Picture | Product::Edit => edit::read(tx, &ground, &it)?,
                    Product::Character => character::read(tx, &ground, &it)?,
                    Product::Speech => speech::read(tx, &ground, &it)?,
                    Product::Video => video::read(tx, &ground, &it)?,
                };
                return Ok(Some(Known { generation: it, chat, others, from }));
            };
            let Some(avatar) = avatars::get_for_job(tx, avatar)? else { return Ok(None) };
            let others = others(tx, &ground, &it, &avatar)?;
            let source = match &it.source {
                Some(source) => match artifacts::of(tx, &it.user, &source.artifact)? {
                    Some(artifact) => objects::of(tx, &it.user, &artifact.object)?,
                    None => None,
                },
                None => None,
            };
            let model = match &avatar.model_object {
                Some(object) => objects::of(tx, &it.user, object)?,
                None => None,
            };
            let (source, model) = (source.map(Box::new), model.map(Box::new));
            let from = From::Avatar { avatar: Box::new(avatar), source, model };
            Ok(Some(Known { generation: it, chat, others, from }))
        })
        .await
}

/// Whoever could take over: not who has it, and not who had it.
fn others(
    tx: &mut Tx,
    ground: &Ground,
    generation: &Generation,
    avatar: &Avatar,
) -> Result<Vec<(String, String)>, StoreError> {
    let Some(model) = ground.catalog.picture_model(&generation.model) else {
        return Ok(Vec::new());
    };
    let varies = generation.source.is_some();
    let able = makers::of_pictures(tx, ground, model, avatar, varies, ground.now())?;
    let is_new = |it: &&Maker| {
        it.provider != generation.provider && !generation.tried.contains(&it.provider)
    };
    let others = able.into_iter().filter(is_new);
    Ok(others.map(|it| (it.provider.clone(), it.workflow.clone())).collect())
}

/// Who makes it, by the catalog.
fn maker<'a>(ground: &'a Ground, generation: &Generation) -> Option<&'a Maker> {
    let model = ground.catalog.picture_model(&generation.model)?;
    model
        .makers
        .iter()
        .find(|it| it.provider == generation.provider && it.workflow == generation.workflow)
}

/// What whoever made it takes for one result.
fn cost_each(ground: &Ground, generation: &Generation) -> i64 {
    match generation.product {
        Product::Picture => maker(ground, generation).map_or(0, |it| it.cost_micros),
        Product::Edit => edit::cost(ground, generation),
        Product::Character => character::cost(ground, generation),
        // Theirs is by length.
        Product::Speech | Product::Video => 0,
    }
}

/// Books what a provider takes for what it gave, and what became of it.
pub fn booked(
    tx: &mut Tx,
    generation: &Generation,
    cost_micros: i64,
    outcome: &str,
    now: Millis,
) -> Result<(), Failure> {
    errand::count_cost(&generation.provider, cost_micros);
    let id = Id::Generation(generation.id.clone());
    errand::note(tx, &id, &generation.provider, ("result", outcome), cost_micros, now)
}

/// One run of the job: everything that its step needs.
pub struct Step<'a> {
    pub errand: &'a Errand<'a>,
    pub app: &'a Arc<App>,
    pub known: &'a Known,
}

#[async_trait]
impl Piece for Step<'_> {
    async fn work(&self, line: &Line) -> Result<Ready, Failure> {
        let Known { generation: it, from, .. } = self.known;
        let (avatar, source, model) = match from {
            From::Avatar { avatar, source, model } => (avatar, source, model),
            From::Photos(photos) => return self.edit(line, photos).await,
            From::Face(portrait) => return self.character(line, portrait.as_ref()).await,
            From::Voice { .. } => return self.speech().await,
            From::Talk(talk) => return self.video(line, talk).await,
            From::Nothing => return Ok(Ready::Step(self.canceled())),
        };
        let maker = maker(&self.app.ground, it);
        let needs = maker.map_or(catalog::Likeness::Weights, |it| it.likeness);
        let likeness = match (needs, model, &avatar.remote_model) {
            (catalog::Likeness::Weights, Some(model), _) => {
                let Some(url) = likeness(self.app, line, model).await? else {
                    return Ok(Ready::Step(self.canceled()));
                };
                Likeness::Weights { url }
            }
            (catalog::Likeness::Remote, _, Some(id)) => Likeness::Remote { id: id.clone() },
            // The avatar was deleted meanwhile.
            _ => return Ok(Ready::Step(self.canceled())),
        };
        let source = match (&it.source, source) {
            (Some(wanted), Some(object)) => {
                let name = object.key.rsplit('/').next().unwrap_or("source");
                let Some(url) = offered(self.app, line, object, name).await? else {
                    return Ok(Ready::Step(self.canceled()));
                };
                Some(SourcePicture { url, strength_percent: wanted.strength_percent })
            }
            // The picture to begin from was deleted meanwhile.
            (Some(_), None) => return Ok(Ready::Step(self.canceled())),
            (None, _) => None,
        };
        Ok(Ready::Work(Box::new(Work::Pictures(PictureWork {
            workflow: it.workflow.clone(),
            prompt: it.prompt.clone(),
            likeness,
            likeness_percent: maker.and_then(|it| it.likeness_percent),
            aspect: it.aspect,
            count: it.count,
            seed: u32::try_from(it.seed).unwrap_or_default(),
            steps: maker.and_then(|it| it.steps),
            guidance_tenths: maker.and_then(|it| it.guidance_tenths),
            source,
            webhook_url: errand::webhook_url(line, &self.errand.id),
        }))))
    }

    async fn deliver(&self, made: Made) -> Result<Ended, Failure> {
        match (made, &self.known.from) {
            // On the heap: each needs much, and only one of them is ever needed.
            (Made::Speech(made), From::Voice { .. }) => self.keep_speech(made).boxed().await,
            (Made::Video(made), From::Talk(talk)) => self.take_stage(made, talk).boxed().await,
            (Made::Pictures(made), From::Avatar { .. } | From::Photos(_) | From::Face(_)) => {
                self.bring(made).boxed().await
            }
            _ => {
                let cause = "one thing was ordered and another one came".to_owned();
                Err(ProviderError::Unexpected { cause }.into())
            }
        }
    }

    fn failed(&self, fault: Fault) -> Ended {
        let generation = self.known.generation.clone();
        let gone = match &self.known.from {
            From::Voice { voice: Some(voice), .. } if fault == Fault::VoiceGone => {
                Some((voice.provider.clone(), voice.voice.clone()))
            }
            _ => None,
        };
        let ended = Ended::done().durably().paint(self.known.chat.clone());
        self.let_go(ended.write(move |tx, ground, now| {
            // Nobody is offered it any more, so that nobody waits for it in vain.
            if let Some((provider, voice)) = &gone
                && voices::gone(tx, provider, voice, now)?
            {
                let evidence = "the provider doesn't have this voice any more";
                outbox::note(tx, "voice-gone", voice, evidence, now)?;
            }
            end::failed(tx, ground, &generation, fault, 0, now)
        }))
    }

    fn canceled(&self) -> Ended {
        let generation = self.known.generation.clone();
        let ended = Ended::done().durably().paint(self.known.chat.clone());
        self.let_go(ended.write(move |tx, ground, now| end::canceled(tx, ground, &generation, now)))
    }

    fn next(&self) -> Option<(String, String)> {
        self.known.others.first().cloned()
    }

    fn offered(&self) -> Vec<ObjectId> {
        match &self.known.from {
            From::Avatar { source, model, .. } => {
                source.iter().chain(model).map(|it| it.id.clone()).collect()
            }
            From::Photos(photos) => photos.iter().map(|it| it.id.clone()).collect(),
            From::Face(Some(video::Portrait::Stored(object))) => vec![object.id.clone()],
            From::Talk(talk) => talk.offered(),
            From::Face(_) | From::Voice { .. } | From::Nothing => Vec::new(),
        }
    }

    fn is_answered_at_once(&self) -> bool {
        self.known.generation.product == Product::Speech
    }

    fn cost_micros(&self, characters: u32) -> i64 {
        let maker = speech::maker(&self.app.ground, &self.known.generation);
        maker.map_or(0, |it| it.cost_micros(characters as usize))
    }

    fn promised(&self) -> Option<Millis> {
        let catalog = &self.app.ground.catalog;
        let it = &self.known.generation;
        let seconds = match (&self.known.from, it.product) {
            (From::Talk(talk), _) => return video::promised(&self.app.ground, it, talk),
            (_, Product::Picture) => catalog.picture_model(&it.model)?.promised_seconds,
            (_, Product::Edit) => catalog.edits.promised_seconds,
            (_, Product::Character) => catalog.videos.character_edit.promised_seconds,
            (_, Product::Speech) => catalog.videos.speech.promised_seconds,
            (_, Product::Video) => return None,
        };
        Some(Millis::seconds(i64::from(seconds)))
    }
}

impl Step<'_> {
    /// What hinders us is on our side and may pass, and what came is paid for: it is waited for as
    /// long as the order may take.
    fn later(&self, failure: Failure) -> Result<Ended, Failure> {
        if !failure.may_pass() || !self.errand.is_in_time() {
            return Err(failure);
        }
        let id = &self.known.generation.id;
        tracing::warn!(generation.id = %id, %failure, "what was made can't be brought home yet");
        let ended = Ended::wait(id.as_str(), montage::pause(self.errand.waited()));
        Ok(match failure.is_no_room() {
            true => ended.write(montage::raise_no_room),
            false => ended,
        })
    }

    /// What was kept of a speech goes with the end of its work.
    fn let_go(&self, ended: Ended) -> Ended {
        match self.known.from {
            From::Voice { .. } => {
                ended.then(film::forget(self.app, self.known.generation.id.as_str()))
            }
            _ => ended,
        }
    }
}

/// How long a link to our own storage serves: longer than a run waits at a provider.
const LINK_SERVES: Millis = Millis(2 * 3_600_000);

/// Where a provider can read an avatar's model. Replicate's models fetch weights by themselves,
/// without a key and by an address that ends as the file does, which its own store of files doesn't
/// give: it gets a short link to ours. Where nobody can reach us, its store has to do.
async fn likeness(app: &App, line: &Line, model: &Object) -> Result<Option<String>, Failure> {
    let name = "likeness.safetensors";
    match &app.public {
        Some(base) if line.provider.name() == "replicate" => {
            let until = app.ground.now().plus(LINK_SERVES);
            Ok(Some(format!("{base}{}", links::named_link(app, &model.id, name, until))))
        }
        Some(_) | None => offered(app, line, model, name).await,
    }
}

/// Where a provider can read a stored object; put there if it isn't yet. None: there is no such
/// object any more.
pub async fn offered(
    app: &App,
    line: &Line,
    object: &Object,
    name: &str,
) -> Result<Option<String>, Failure> {
    let (id, provider, now) = (object.id.clone(), line.provider.name(), app.ground.now());
    let known = app.db.read(move |tx| uploads::get(tx, &id, provider, now)).await;
    let known: Result<Option<String>, StoreError> = known;
    if let Some(url) = known? {
        return Ok(Some(url));
    }
    let (bytes, body) = match app.objects.stream(&object.key).await {
        Ok(found) => found,
        Err(error) if error.is_absent() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let content_type = object.content_type.clone();
    let upload = Upload { name: name.to_owned(), content_type, bytes, body };
    let url = line.provider.upload(&line.http, upload).await?;
    let (id, kept) = (object.id.clone(), url.clone());
    let until = app.ground.now().plus(UPLOAD_SERVES);
    let put = app.db.write(move |tx| uploads::put(tx, &id, provider, &kept, until)).await;
    let put: Result<(), StoreError> = put.map(|_| ());
    put?;
    Ok(Some(url))
}

/// Nobody can make these pictures: the credits come back, and both sides are told.
pub fn bury(
    tx: &mut Tx,
    ground: &Ground,
    generation: &GenerationId,
    error: &str,
    now: Millis,
) -> Result<(), Failure> {
    outbox::raise(tx, ground, "generation-dead", generation.as_str(), error, now)?;
    let Some(generation) = generations::get_for_job(tx, generation)? else { return Ok(()) };
    if generation.state.is_open() {
        end::failed(tx, ground, &generation, Fault::Ours, 0, now)?;
    }
    Ok(())
}

/// A new id for something that is stored.
fn new_object(app: &App) -> ObjectId {
    ObjectId::new(app.ground.number())
}
