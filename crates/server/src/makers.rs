//! Who can do what: the providers of a piece of work that are set up and take work from us.

use domain::Language;
use domain::Millis;
use domain::Quality;
use domain::catalog::{Choice, Likeness, Maker, PictureModel, PresetVersion, TrainingOffer};
use domain::video::{Face, VideoQuality};
use store::avatars::Avatar;
use store::{StoreError, Tx, attention, gpu_runs, jobs, workers};

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

/// Somebody who can make an edit, and what they run for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    pub provider: String,
    pub workflow: String,
}

/// The operator's own GPUs, as a provider.
pub const GPU: &str = "gpu";
/// The lane of their work.
pub const GPU_LANE: &str = "gpu";

/// A worker that was silent for so long counts as gone: it speaks every few seconds.
pub const GPU_SILENT: Millis = Millis(60_000);

/// Of how many runs of late it is guessed how long one takes.
const RECENT: u32 = 20;

/// Whoever can make an edit now, in the order in which they are asked: the catalog's, unless our
/// own GPUs could not keep what is promised.
pub fn of_edit(
    tx: &mut Tx,
    ground: &Ground,
    version: &PresetVersion,
    now: Millis,
) -> Result<Vec<Editor>, StoreError> {
    let (mut able, mut busy) = (Vec::new(), Vec::new());
    let promised = Millis::seconds(i64::from(ground.catalog.edits.promised_seconds));
    for maker in ground.catalog.edits.makers_of(version) {
        if !is_open(tx, ground, &maker.provider, now)? {
            continue;
        }
        let provider = maker.provider.clone();
        match &maker.workflow {
            Some(workflow) => able.push(Editor { provider, workflow: workflow.clone() }),
            None => {
                let workflow = version.workflow.clone();
                match gpu_wait(tx, ground, &workflow, now)? {
                    None => {}
                    Some(wait) if promised < wait => busy.push(Editor { provider, workflow }),
                    Some(_) => able.push(Editor { provider, workflow }),
                }
            }
        }
    }
    able.append(&mut busy);
    Ok(able)
}

/// How long work would wait and run on our own GPUs if it came now. `None`: none of them can do it.
pub fn gpu_wait(
    tx: &mut Tx,
    ground: &Ground,
    workflow: &str,
    now: Millis,
) -> Result<Option<Millis>, StoreError> {
    let count = workers::count_able(tx, workflow, now.since(GPU_SILENT))?;
    if count == 0 {
        return Ok(None);
    }
    let usual = match gpu_runs::recent_millis(tx, workflow, RECENT)? {
        Some(took) => took,
        None => {
            let seconds = ground.catalog.workflow(workflow).map_or(30, |it| it.seconds);
            Millis::seconds(i64::from(seconds))
        }
    };
    let open = jobs::count_open(tx, GPU_LANE)?;
    // Each GPU has its share of what is there, and then this one.
    let rounds = i64::from(open / count) + 1;
    Ok(Some(Millis(usual.as_i64().saturating_mul(rounds))))
}

/// Those of some makers, each a provider and its workflow, who take work now, in their order.
fn open_ones<'a>(
    tx: &mut Tx,
    ground: &Ground,
    makers: impl Iterator<Item = (&'a String, &'a String)>,
    now: Millis,
) -> Result<Vec<Editor>, StoreError> {
    let mut able = Vec::new();
    for (provider, workflow) in makers {
        if is_open(tx, ground, provider, now)? {
            able.push(Editor { provider: provider.clone(), workflow: workflow.clone() });
        }
    }
    Ok(able)
}

/// Whoever can change a character by words now, in the catalog's order.
pub fn of_characters(tx: &mut Tx, ground: &Ground, now: Millis) -> Result<Vec<Editor>, StoreError> {
    let makers = ground.catalog.videos.character_edit.makers.iter();
    // Without a workflow it would be a graph, and there is none for it.
    let makers = makers.filter_map(|it| Some((&it.provider, it.workflow.as_ref()?)));
    open_ones(tx, ground, makers, now)
}

/// Whoever can speak a language now, in the catalog's order.
pub fn of_speech(
    tx: &mut Tx,
    ground: &Ground,
    language: Language,
    now: Millis,
) -> Result<Vec<Editor>, StoreError> {
    let makers = ground.catalog.videos.speakers_of(language);
    open_ones(tx, ground, makers.map(|it| (&it.provider, &it.workflow)), now)
}

/// Whoever can make a picture speak for so long now, in the catalog's order.
pub fn of_videos(
    tx: &mut Tx,
    ground: &Ground,
    quality: VideoQuality,
    millis: i64,
    now: Millis,
) -> Result<Vec<Editor>, StoreError> {
    let makers = ground.catalog.videos.makers_of(quality, millis);
    open_ones(tx, ground, makers.map(|it| (&it.provider, &it.workflow)), now)
}

/// Whoever can cut a person out of a video now, in the catalog's order.
pub fn of_matting(tx: &mut Tx, ground: &Ground, now: Millis) -> Result<Vec<Editor>, StoreError> {
    let makers = ground.catalog.videos.over.makers.iter();
    open_ones(tx, ground, makers.map(|it| (&it.provider, &it.workflow)), now)
}

/// Whether there is a picture of this face on flat green: then nobody has to cut it out.
pub fn is_on_green(ground: &Ground, face: &Face) -> bool {
    match face {
        Face::Character(name) => ground.catalog.green_face(name).is_some(),
        Face::Input(_) => false,
    }
}

/// Whether talking videos can be made now: somebody speaks, somebody moves lips, and we can put it
/// together.
pub fn anybody_films(tx: &mut Tx, ground: &Ground, now: Millis) -> Result<bool, StoreError> {
    let videos = &ground.catalog.videos;
    if !ground.can_film() {
        return Ok(false);
    }
    // It is asked at many events of a chat, so the first who is open is enough.
    let mut speakers = videos.speech.makers.iter().map(|it| it.provider.as_str());
    let mut filmers = videos.standard.makers.iter().map(|it| it.provider.as_str());
    Ok(any_open(tx, ground, &mut speakers, now)? && any_open(tx, ground, &mut filmers, now)?)
}

fn any_open(
    tx: &mut Tx,
    ground: &Ground,
    providers: &mut dyn Iterator<Item = &str>,
    now: Millis,
) -> Result<bool, StoreError> {
    for provider in providers {
        if is_open(tx, ground, provider, now)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether anybody edits photos now: so much is known before a preset is chosen.
pub fn anybody_edits(tx: &mut Tx, ground: &Ground, now: Millis) -> Result<bool, StoreError> {
    for maker in &ground.catalog.edits.makers {
        if !is_open(tx, ground, &maker.provider, now)? {
            continue;
        }
        if !maker.runs_graphs() || workers::is_anybody(tx, now.since(GPU_SILENT))? {
            return Ok(true);
        }
    }
    Ok(false)
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
