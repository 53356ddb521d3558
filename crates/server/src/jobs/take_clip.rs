//! A clip that is to be behind somebody: fetched, made fit, stripped of where it was taken and of its
//! sound, and kept for a while. Nothing is charged before that.

use std::sync::Arc;

use domain::{InputId, Millis};
use media::video::Folder;
use store::inputs::Input;

use crate::app::App;
use crate::failure::Failure;
use crate::film::{self, Wrong};
use crate::jobs::pictures::kept::measure;
use crate::jobs::take_in::{Came, File, fetch, ready, unusable};
use crate::jobs::{Ended, inspect_photo};
use crate::objects::key;

pub async fn run(app: &Arc<App>, id: InputId) -> Result<Ended, Failure> {
    if film::is_full(&app.films).await? {
        return Ok(Ended::wait(id.as_str(), Millis::MINUTE));
    }
    let work = film::folder(app, id.as_str()).await?;
    let ended = take_in(app, &id, &work).await;
    film::leave(work).await;
    ended
}

async fn take_in(app: &Arc<App>, id: &InputId, work: &Arc<Folder>) -> Result<Ended, Failure> {
    let came = work.path().join("came");
    let mut file = tokio::fs::File::create(&came).await?;
    let fetched = fetch(app, id, async move |bot, file_id| {
        inspect_photo::fetch_to(&bot, &file_id, &mut file).await
    });
    let input = match fetched.await? {
        Came::Here(input, ()) => input,
        Came::Nothing(ended) => return Ok(ended),
    };
    match film::take_in(app, work, &came).await {
        Ok(clip) => keep(app, input, clip).await,
        Err(Wrong::Failed(failure)) => Err(failure),
        Err(Wrong::Unusable(why)) => {
            tracing::info!(input.id = %input.id, why, "a clip can't be a background");
            unusable(app, input).await
        }
    }
}

async fn keep(app: &Arc<App>, input: Input, clip: film::Clip) -> Result<Ended, Failure> {
    let key = key::input(&input.user, &input.id, "mp4");
    let (bytes, sha256) = measure(&clip.path).await?;
    app.objects.put_file(&key, &clip.path).await?;
    let file = File {
        key,
        bytes,
        sha256,
        kind: "clip",
        content_type: "video/mp4",
        width: clip.width,
        height: clip.height,
        millis: Some(clip.millis),
        kept_for: app.ground.config.videos.clips_kept,
    };
    ready(app, input, file).await
}
