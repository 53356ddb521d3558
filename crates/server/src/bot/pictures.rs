//! Pictures of menus: a result, or a page of results in one.
//!
//! A menu that shows a picture is a photo message with the text as its caption; it is edited in
//! place like any other (Bot API 10.3: editMessageMedia, editMessageCaption).

use chat::facts::Tile;
use chat::screen::Shown;
use domain::{ArtifactId, UserId};
use frankenstein::response::MethodResponse;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{StoreError, artifacts, generations, inputs, objects};

use crate::app::App;
use crate::bot::paint::{Painting, keyboard};
use crate::bot::send::{Given, Kind, Posted};
use crate::bot::telegram::{Meaning, TelegramError};
use crate::bot::{Bot, faces};
use crate::failure::Failure;

/// How many thumbnails stand beside each other: no row has an empty place if that can be.
pub(super) fn columns(tiles: usize) -> u32 {
    match tiles {
        0 | 1 => 1,
        2 | 4 => 2,
        _ => 3,
    }
}

/// A picture that is ready to be shown.
pub struct Picture {
    /// What is on it: the same is never sent twice.
    what: String,
    artifact: Option<ArtifactId>,
    content_type: String,
    bytes: Vec<u8>,
    /// What Telegram calls it, if it has it.
    file_id: Option<String>,
}

impl Picture {
    /// One that was drawn here, or that Telegram has of an earlier drawing.
    pub(super) fn drawn(what: String, bytes: Vec<u8>, file_id: Option<String>) -> Self {
        Self { what, artifact: None, content_type: "image/jpeg".to_owned(), bytes, file_id }
    }

    /// A stored one that is no result.
    pub(super) fn of(what: String, content_type: String, bytes: Vec<u8>) -> Self {
        Self { what, artifact: None, content_type, bytes, file_id: None }
    }
}

/// The picture of a menu. None where it can't be had: the text is shown all the same.
pub async fn of(app: &App, painting: &Painting, shown: &Shown) -> Option<Picture> {
    let what = what(&painting.user, shown);
    let picture = match shown {
        Shown::Artifact(artifact) => one(app, painting, artifact, what).await,
        shown => drawn(app, painting, shown, what).await,
    };
    picture.unwrap_or_else(|failure| {
        tracing::warn!(chat.id = %painting.chat, %failure, "the picture of a menu can't be had");
        None
    })
}

/// What is no single result.
async fn drawn(
    app: &App,
    painting: &Painting,
    shown: &Shown,
    what: String,
) -> Result<Option<Picture>, Failure> {
    match shown {
        Shown::Artifact(_) => Ok(None),
        Shown::Compared(artifact) => compared(app, painting, artifact, what).await,
        Shown::Example(preset) => Ok(example(app, painting, preset)),
        Shown::Collage(tiles) => page(app, painting, tiles, what).await,
        Shown::Face(name) => Ok(faces::face(app, painting, name)),
        Shown::Faces(names) => faces::faces(app, painting, names).await,
        Shown::Input(input) => faces::input(app, painting, input, what).await,
    }
}

/// Names what is on a picture.
fn what(user: &UserId, shown: &Shown) -> String {
    let text = format!("{user} {shown:?}");
    hex::encode(&Sha256::digest(text.as_bytes())[..12])
}

async fn one(
    app: &App,
    painting: &Painting,
    artifact: &ArtifactId,
    what: String,
) -> Result<Option<Picture>, Failure> {
    let (user, id) = (painting.user.clone(), artifact.clone());
    let found = app
        .db
        .read(move |tx| -> Result<_, StoreError> {
            let Some(artifact) = artifacts::of(tx, &user, &id)? else { return Ok(None) };
            // What is heard, or moves, is shown by its still.
            let shown = match artifact.duration_ms {
                Some(_) => &artifact.thumbnail,
                None => &artifact.object,
            };
            let object = objects::of(tx, &user, shown)?;
            Ok(object.map(|it| (artifact, it)))
        })
        .await?;
    let Some((artifact, object)) = found else { return Ok(None) };
    if artifact.duration_ms.is_some() {
        if let Some(id) = app.shown.get(&painting.bot, &what) {
            return Ok(Some(Picture::drawn(what, Vec::new(), Some(id))));
        }
        let bytes = app.objects.get(&object.key).await?.to_vec();
        return Ok(Some(Picture::of(what, object.content_type, bytes)));
    }
    // Where Telegram has it, it is only read if Telegram doesn't know that any more.
    let bytes = match artifact.file_id {
        Some(_) => Vec::new(),
        None => app.objects.get(&object.key).await?.to_vec(),
    };
    let content_type = object.content_type;
    let file_id = artifact.file_id;
    Ok(Some(Picture { what, artifact: Some(artifact.id), content_type, bytes, file_id }))
}

/// The photo that an edit began from, and beside it what came of it. Where the photo is gone, its
/// place is empty.
async fn compared(
    app: &App,
    painting: &Painting,
    artifact: &ArtifactId,
    what: String,
) -> Result<Option<Picture>, Failure> {
    if let Some(id) = app.shown.get(&painting.bot, &what) {
        return Ok(Some(Picture::drawn(what, Vec::new(), Some(id))));
    }
    let (user, id) = (painting.user.clone(), artifact.clone());
    let found = app
        .db
        .read(move |tx| -> Result<_, StoreError> {
            let Some(artifact) = artifacts::of(tx, &user, &id)? else { return Ok(None) };
            let generation = generations::of(tx, &user, &artifact.generation)?;
            let first =
                generation.and_then(|it| it.edit).and_then(|it| it.inputs.into_iter().next());
            let before = match first {
                Some(first) => inputs::of(tx, &user, &first)?.and_then(|it| it.object),
                None => None,
            };
            let before = match before {
                Some(object) => objects::of(tx, &user, &object)?,
                None => None,
            };
            Ok(objects::of(tx, &user, &artifact.object)?.map(|after| (before, after)))
        })
        .await?;
    let Some((before, after)) = found else { return Ok(None) };
    let after = app.objects.get(&after.key).await?;
    let before = match before {
        Some(object) => app.objects.get(&object.key).await.ok(),
        None => None,
    };
    let _turn = app.looks.acquire().await.ok();
    let drawn =
        tokio::task::spawn_blocking(move || media::collage::pair(before.as_deref(), Some(&after)));
    let bytes = drawn.await.unwrap_or_default();
    Ok(Some(Picture::drawn(what, bytes, None)))
}

/// What comes of a preset, before and after in one: a picture of the catalog, which is the same for
/// everybody. Named by its bytes, so that another one is shown after the operator has changed it.
fn example(app: &App, painting: &Painting, preset: &str) -> Option<Picture> {
    let bytes = app.ground.catalog.example(preset)?;
    let what = hex::encode(&Sha256::digest(bytes)[..12]);
    let file_id = app.shown.get(&painting.bot, &what);
    let bytes = if file_id.is_some() { Vec::new() } else { bytes.to_vec() };
    Some(Picture::drawn(what, bytes, file_id))
}

async fn page(
    app: &App,
    painting: &Painting,
    tiles: &[Tile],
    what: String,
) -> Result<Option<Picture>, Failure> {
    if let Some(id) = app.shown.get(&painting.bot, &what) {
        return Ok(Some(Picture::drawn(what, Vec::new(), Some(id))));
    }
    let (user, wanted) = (painting.user.clone(), tiles.to_vec());
    let found = app
        .db
        .read(move |tx| -> Result<_, StoreError> {
            let mut found = Vec::new();
            for tile in &wanted {
                let object = match artifacts::of(tx, &user, &tile.artifact)? {
                    Some(artifact) => objects::of(tx, &user, &artifact.thumbnail)?,
                    None => None,
                };
                found.push((tile.clone(), object));
            }
            Ok(found)
        })
        .await?;
    let mut thumbnails = Vec::new();
    for (tile, object) in found {
        let bytes = match object {
            // One that is missing leaves an empty place.
            Some(object) => app.objects.get(&object.key).await.ok(),
            None => None,
        };
        thumbnails.push((tile, bytes));
    }
    let _turn = app.looks.acquire().await.ok();
    let drawn = tokio::task::spawn_blocking(move || {
        let tiles: Vec<_> = thumbnails
            .iter()
            .map(|(tile, bytes)| media::collage::Tile {
                thumbnail: bytes.as_deref(),
                number: u8::try_from(tile.number).unwrap_or_default(),
                is_favourite: tile.is_favourite,
            })
            .collect();
        media::collage::draw(&tiles, columns(tiles.len()))
    });
    let Ok(bytes) = drawn.await else { return Ok(None) };
    Ok(Some(Picture::drawn(what, bytes, None)))
}

/// What an edit of a message with a picture gives back: the message.
#[derive(Deserialize)]
struct Nothing {}

impl Picture {
    /// The kind of a menu that shows it.
    pub fn kind(&self) -> String {
        format!("photo {}", self.what)
    }

    /// Sends a menu anew. Its number is the answer.
    pub async fn send(
        &self,
        app: &App,
        bot: &Bot,
        painting: &Painting,
    ) -> Result<i64, TelegramError> {
        let fields = json!({
            "chat_id": painting.telegram_chat,
            "caption": painting.text,
            "parse_mode": "HTML",
            "reply_markup": keyboard(&painting.rows),
        });
        let file = |given| vec![("photo".to_owned(), given)];
        let sent = bot.telegram.upload("sendPhoto", &fields, file(self.given())).await;
        let sent: MethodResponse<Posted> = match sent {
            Err(error) if self.is_id_refused(&error) => {
                let anew = self.anew(app, bot, painting).await?;
                bot.telegram.upload("sendPhoto", &fields, file(anew)).await?
            }
            sent => sent?,
        };
        self.keep(app, bot, sent.result.file_id(Kind::Photo)).await;
        Ok(sent.result.message())
    }

    /// Changes a menu where it is: all of it, or the words and buttons alone where it shows this
    /// picture already.
    pub async fn edit(
        &self,
        app: &App,
        bot: &Bot,
        painting: &Painting,
        menu: i64,
    ) -> Result<(), TelegramError> {
        let mut fields = json!({
            "chat_id": painting.telegram_chat,
            "message_id": menu,
            "reply_markup": keyboard(&painting.rows),
        });
        if painting.menu_kind.as_ref() == Some(&self.kind()) {
            fields["caption"] = painting.text.as_str().into();
            fields["parse_mode"] = "HTML".into();
            let _: MethodResponse<Nothing> =
                bot.telegram.upload("editMessageCaption", &fields, Vec::new()).await?;
            return Ok(());
        }
        let media = |given: &Given| {
            let media = match given {
                Given::FileId(id) => id.as_str(),
                Given::Body { .. } => "attach://picture",
            };
            json!({
                "type": "photo", "media": media, "caption": painting.text, "parse_mode": "HTML",
            })
        };
        let files = |given: Given| match given {
            Given::FileId(_) => Vec::new(),
            body @ Given::Body { .. } => vec![("picture".to_owned(), body)],
        };
        let given = self.given();
        fields["media"] = media(&given);
        let edited = bot.telegram.upload("editMessageMedia", &fields, files(given)).await;
        let edited: MethodResponse<Posted> = match edited {
            Err(error) if self.is_id_refused(&error) => {
                let given = self.anew(app, bot, painting).await?;
                fields["media"] = media(&given);
                bot.telegram.upload("editMessageMedia", &fields, files(given)).await?
            }
            edited => edited?,
        };
        self.keep(app, bot, edited.result.file_id(Kind::Photo)).await;
        Ok(())
    }

    fn is_id_refused(&self, error: &TelegramError) -> bool {
        self.file_id.is_some() && error.meaning() == Meaning::Rejected
    }

    fn given(&self) -> Given {
        match &self.file_id {
            Some(id) => Given::FileId(id.clone()),
            None => Given::of_bytes("picture", &self.content_type, self.bytes.clone()),
        }
    }

    /// The same in bytes, where Telegram doesn't know it by its id any more.
    async fn anew(
        &self,
        app: &App,
        bot: &Bot,
        painting: &Painting,
    ) -> Result<Given, TelegramError> {
        app.shown.forget(&bot.id, &self.what);
        let gone = || TelegramError::File(std::io::Error::other("the picture is gone"));
        let (user, id) = (painting.user.clone(), self.artifact.clone());
        if let Some(id) = id {
            let read = app.db.read(move |tx| -> Result<_, StoreError> {
                match artifacts::of(tx, &user, &id)? {
                    Some(it) => objects::of(tx, &user, &it.object),
                    None => Ok(None),
                }
            });
            let object = read.await.map_err(std::io::Error::other)?.ok_or_else(gone)?;
            let bytes = app.objects.get(&object.key).await.map_err(std::io::Error::other)?;
            return Ok(Given::of_bytes("picture", &object.content_type, bytes.to_vec()));
        }
        let what = self.what.clone();
        let Some(shown) = &painting.picture else { return Err(gone()) };
        let drawn = drawn(app, painting, shown, what).await;
        let drawn = drawn.map_err(std::io::Error::other)?.ok_or_else(gone)?;
        Ok(Given::of_bytes("picture", &drawn.content_type, drawn.bytes))
    }

    /// Remembers what Telegram calls it, so that it goes by that the next time.
    async fn keep(&self, app: &App, bot: &Bot, file_id: Option<&str>) {
        let Some(file_id) = file_id.filter(|it| self.file_id.as_deref() != Some(*it)) else {
            return;
        };
        match &self.artifact {
            None => app.shown.put(&bot.id, &self.what, file_id.to_owned()),
            Some(artifact) => {
                let (artifact, file_id) = (artifact.clone(), file_id.to_owned());
                let kept = app.db.write(move |tx| artifacts::sent(tx, &artifact, &file_id)).await;
                if let Err(failure) = kept {
                    let failure: StoreError = failure;
                    tracing::warn!(%failure, "what Telegram calls a picture could not be kept");
                }
            }
        }
    }
}
