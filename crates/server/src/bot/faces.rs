//! Pictures of menus about talking videos: a character, a page of them, a photo that somebody gave.

use domain::InputId;
use sha2::{Digest, Sha256};
use store::{StoreError, inputs, objects};

use crate::app::App;
use crate::bot::paint::Painting;
use crate::bot::pictures::{Picture, columns};
use crate::failure::Failure;

/// What Telegram takes as a picture (Bot API 10.3, "Sending files").
const PICTURE_BYTES_MAX: i64 = 10 * 1024 * 1024;

/// A character's picture: one of the catalog, which is the same for everybody. Named by its bytes,
/// so that another one is shown after the operator has changed it.
pub(super) fn face(app: &App, painting: &Painting, name: &str) -> Option<Picture> {
    let bytes = app.ground.catalog.face(name)?;
    let what = hex::encode(&Sha256::digest(bytes)[..12]);
    let file_id = app.shown.get(&painting.bot, &what);
    let bytes = if file_id.is_some() { Vec::new() } else { bytes.to_vec() };
    Some(Picture::drawn(what, bytes, file_id))
}

/// Several characters in one picture, each with its number.
pub(super) async fn faces(
    app: &App,
    painting: &Painting,
    names: &[String],
) -> Result<Option<Picture>, Failure> {
    let found: Vec<Option<Vec<u8>>> =
        names.iter().map(|it| app.ground.catalog.face(it).map(<[u8]>::to_vec)).collect();
    let mut hash = Sha256::new();
    found.iter().flatten().for_each(|it| hash.update(it));
    let what = hex::encode(&hash.finalize()[..12]);
    if let Some(id) = app.shown.get(&painting.bot, &what) {
        return Ok(Some(Picture::drawn(what, Vec::new(), Some(id))));
    }
    let _turn = app.looks.acquire().await.ok();
    let drawn = tokio::task::spawn_blocking(move || {
        let tiles: Vec<_> = (1..)
            .zip(&found)
            .map(|(number, bytes)| media::collage::Tile {
                thumbnail: bytes.as_deref(),
                number,
                is_favourite: false,
            })
            .collect();
        media::collage::draw(&tiles, columns(tiles.len()))
    });
    let Ok(bytes) = drawn.await else { return Ok(None) };
    Ok(Some(Picture::drawn(what, bytes, None)))
}

/// A photo that somebody gave, to them alone.
pub(super) async fn input(
    app: &App,
    painting: &Painting,
    input: &InputId,
    what: String,
) -> Result<Option<Picture>, Failure> {
    if let Some(id) = app.shown.get(&painting.bot, &what) {
        return Ok(Some(Picture::drawn(what, Vec::new(), Some(id))));
    }
    let (user, id) = (painting.user.clone(), input.clone());
    let found = app
        .db
        .read(move |tx| -> Result<_, StoreError> {
            match inputs::of(tx, &user, &id)?.and_then(|it| it.object) {
                Some(object) => objects::of(tx, &user, &object),
                None => Ok(None),
            }
        })
        .await?;
    let Some(object) = found else { return Ok(None) };
    // What Telegram takes for no picture of a menu is left out: the words are shown all the same.
    if PICTURE_BYTES_MAX < object.bytes {
        return Ok(None);
    }
    let bytes = app.objects.get(&object.key).await?.to_vec();
    Ok(Some(Picture::of(what, object.content_type, bytes)))
}
