//! Edits of photos, as far as they differ from pictures of an avatar: what is handed in, and who can
//! take over.

use connectors::providers::{EditWork, Work};
use domain::Millis;
use store::generations::{Edit, Generation};
use store::objects::{self, Object};
use store::{StoreError, Tx, inputs};

use super::{From, Step, offered};
use crate::app::{Ground, Line};
use crate::failure::Failure;
use crate::farm;
use crate::jobs::errand::{self, Piece, Ready};
use crate::makers;

/// Whoever could take over, and the photos that are still there.
pub(super) fn read(
    tx: &mut Tx,
    ground: &Ground,
    generation: &Generation,
) -> Result<(Vec<(String, String)>, From), StoreError> {
    let mut photos = Vec::new();
    if let Some(edit) = &generation.edit {
        for id in &edit.inputs {
            let input = inputs::of(tx, &generation.user, id)?;
            if let Some(object) = input.and_then(|it| it.object) {
                photos.extend(objects::of(tx, &generation.user, &object)?);
            }
        }
    }
    let others = others(tx, ground, generation, ground.now())?;
    Ok((others, From::Photos(photos)))
}

fn others(
    tx: &mut Tx,
    ground: &Ground,
    generation: &Generation,
    now: Millis,
) -> Result<Vec<(String, String)>, StoreError> {
    let Some(Edit { preset, version, .. }) = &generation.edit else { return Ok(Vec::new()) };
    // A version that isn't in the catalog any more is finished by whoever has it.
    let Some(version) = ground.catalog.preset(preset).and_then(|it| it.version(*version)) else {
        return Ok(Vec::new());
    };
    let able = makers::of_edit(tx, ground, version, now)?.into_iter();
    let is_new = |it: &makers::Editor| {
        it.provider != generation.provider && !generation.tried.contains(&it.provider)
    };
    Ok(able.filter(is_new).map(|it| (it.provider, it.workflow)).collect())
}

/// What whoever made it takes for it.
pub(super) fn cost(ground: &Ground, generation: &Generation) -> i64 {
    let makers = &ground.catalog.edits.makers;
    makers.iter().find(|it| it.provider == generation.provider).map_or(0, |it| it.cost_micros)
}

impl Step<'_> {
    /// An edit, ready to be handed in: photos where whoever makes it can read them.
    pub(super) async fn edit(&self, line: &Line, photos: &[Object]) -> Result<Ready, Failure> {
        let it = &self.known.generation;
        let Some(edit) = &it.edit else {
            return Err(Failure::Ours("an edit has no preset".to_owned()));
        };
        if photos.len() < edit.inputs.len() {
            // A photo was deleted meanwhile.
            return Ok(Ready::Step(self.canceled()));
        }
        let mut image_urls = Vec::new();
        for photo in photos {
            if line.provider.name() == makers::GPU {
                image_urls.push(farm::photo_url(&photo.id));
                continue;
            }
            let name = photo.key.rsplit('/').next().unwrap_or("photo");
            let Some(url) = offered(self.app, line, photo, name).await? else {
                return Ok(Ready::Step(self.canceled()));
            };
            image_urls.push(url);
        }
        let preset = self.app.ground.catalog.preset(&edit.preset);
        let version = preset.and_then(|it| it.version(edit.version));
        Ok(Ready::Work(Box::new(Work::Edit(EditWork {
            work: it.id.as_str().to_owned(),
            workflow: it.workflow.clone(),
            prompt: it.prompt.clone(),
            image_urls,
            seed: u32::try_from(it.seed).unwrap_or_default(),
            steps: version.and_then(|it| it.steps),
            webhook_url: errand::webhook_url(line, &self.errand.id),
        }))))
    }
}
