//! Faces for videos, changed by words: what is handed in, and who can take over.

use connectors::providers::{EditWork, Work};
use domain::video::Making;
use store::generations::Generation;
use store::{StoreError, Tx};

use super::video::{Portrait, portrait, show};
use super::{From, Step};
use crate::app::{Ground, Line};
use crate::failure::Failure;
use crate::jobs::errand::{self, Piece, Ready};
use crate::jobs::pictures::speech::after;
use crate::makers;

/// Whoever could take over, and the face, as long as it is there.
pub(super) fn read(
    tx: &mut Tx,
    ground: &Ground,
    generation: &Generation,
) -> Result<(Vec<(String, String)>, From), StoreError> {
    let Some(Making::Character { face }) = &generation.making else {
        return Ok((Vec::new(), From::Nothing));
    };
    let able = makers::of_characters(tx, ground, ground.now())?;
    let face = portrait(tx, ground, generation, face, false)?;
    Ok((after(&able, generation), From::Face(face)))
}

/// What whoever changed it takes for it.
pub(super) fn cost(ground: &Ground, generation: &Generation) -> i64 {
    let mut makers = ground.catalog.videos.character_edit.makers.iter();
    makers.find(|it| it.provider == generation.provider).map_or(0, |it| it.cost_micros)
}

impl Step<'_> {
    /// A change of a face, ready to be handed in.
    pub(super) async fn character(
        &self,
        line: &Line,
        face: Option<&Portrait>,
    ) -> Result<Ready, Failure> {
        let it = &self.known.generation;
        // It was deleted meanwhile, or is on offer no more.
        let Some(face) = face else { return Ok(Ready::Step(self.canceled())) };
        let Some(url) = show(self.app, line, face).await? else {
            return Ok(Ready::Step(self.canceled()));
        };
        Ok(Ready::Work(Box::new(Work::Edit(EditWork {
            work: it.id.as_str().to_owned(),
            workflow: it.workflow.clone(),
            prompt: it.prompt.clone(),
            image_urls: vec![url],
            seed: u32::try_from(it.seed).unwrap_or_default(),
            steps: None,
            webhook_url: errand::webhook_url(line, &self.errand.id),
        }))))
    }
}
