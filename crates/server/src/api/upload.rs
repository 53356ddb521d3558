//! An avatar from an archive of photos, in one request.
//!
//! The archive goes to a file while it comes in. Each photo is opened alone, so that the memory of
//! one is needed however many there are, and what is kept of it is stored before the decision: a
//! refusal takes those files away again, and what a crash leaves is found by the sweep.

use std::fs::File;
use std::io::Seek;
use std::sync::Arc;

use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use domain::avatar::trigger_word;
use domain::photo::Unreadable;
use domain::picture::is_trigger_word;
use domain::{AvatarId, Credits, Kind, ObjectId, PhotoId, Quality, Refusal, Subject, UserId};
use media::archive::{Unzipped, UnzippedFile, WrongZip, ZipLimits, read_zip};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::users::User;
use store::{avatars, trainings};
use tokio::io::AsyncWriteExt;
use utoipa::ToSchema;

use crate::api::gate::Caller;
use crate::api::input::{self, Asked, Whose};
use crate::api::once::{Made, Once};
use crate::api::problem::{FileVerdicts, Problem};
use crate::api::{avatars as avatars_api, trainings as trainings_api};
use crate::app::App;
use crate::failure::Failure;
use crate::jobs::inspect_photo::{hash, measures, said};
use crate::objects::key;
use crate::studio::uploads::{self, Judged, Refused, Seen, Stored, Upload};

/// Of the whole body.
pub const BODY_BYTES_MAX: usize = 200 << 20;

const TEXT_BYTES_MAX: usize = 1_024;
const STEPS: std::ops::RangeInclusive<u32> = 100..=10_000;

/// The parts of the form.
#[derive(ToSchema)]
#[schema(as = NewModelTraining)]
#[expect(dead_code, reason = "it is read part by part; here it is described")]
pub struct Form {
    /// A ZIP file of JPEG, PNG or WebP photos; folders in it don't matter.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Who is on the photos. `male` and `female` are understood, too.
    #[schema(pattern = "^(man|woman|other|male|female)$", example = "woman")]
    gender: String,
    /// What the avatar is called, in at most 40 characters; `Avatar`, unless it is said.
    #[schema(nullable = false, max_length = 40)]
    name: Option<String>,
    /// The word that stands for it in prompts; made up, unless it is said.
    #[schema(nullable = false, pattern = "^[A-Za-z][A-Za-z0-9_]{2,31}$")]
    trigger_word: Option<String>,
    /// `portrait`, unless it is said.
    #[schema(nullable = false, pattern = "^(portrait|style)$")]
    training_type: Option<String>,
    /// `balanced`, unless it or `steps` is said.
    #[schema(nullable = false, pattern = "^(fast|balanced|quality)$")]
    quality: Option<String>,
    /// Instead of `quality`: the one whose number of steps is nearest is taken.
    #[schema(nullable = false, minimum = 100, maximum = 10_000)]
    steps: Option<u32>,
    /// Refused with 409 where it costs more.
    #[schema(nullable = false, minimum = 0, maximum = 1_000_000_000)]
    max_credits: Option<i64>,
}

/// An avatar and its training.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelTraining {
    avatar: avatars_api::Shown,
    training: trainings_api::Shown,
    /// What was seen in each file of the archive.
    files: Vec<FileVerdicts>,
}

/// Train an avatar from an archive of photos
///
/// `multipart/form-data`, also at `/generate/create-model-training`. At most 200 MB and 200 files of
/// 20 MB. The photos are looked at before the answer, which takes about half a second each.
#[utoipa::path(post, path = "/api/generate/create-model-training", tag = "Trainings",
    params(Whose),
    request_body(content = Form, content_type = "multipart/form-data"),
    responses((status = 202, description = "The training is queued.", body = ModelTraining)),
    security(("key" = ["trainings:write"])))]
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    once: Once,
    Asked(asked): Asked<Whose>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Made, Problem> {
    let form = form.map_err(|it| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "wrong-media",
            format!("The body must be multipart/form-data: {it}."),
        )
    })?;
    // Before the body is read, which may take long.
    let (person, who) = (caller.clone(), asked.user.clone());
    let user = app.db.read(move |tx| person.user(tx, who.as_deref())).await?;
    let parts = Parts::read(form).await?;
    let wish = parts.wish(&app)?;
    let once = once.with_body(parts.hash());
    if let Some(made) = once.open(&app, &caller).await? {
        return Ok(made);
    }
    let key = caller.key.clone();
    let mut written = Written { app: app.clone(), keys: Vec::new() };
    let upload = match look(&app, &user, parts.archive, wish, &mut written).await {
        Ok(upload) => upload,
        Err(problem) => {
            written.remove().await;
            once.leave(&app, key).await;
            return Err(problem);
        }
    };
    let made = once.close(&app, caller, move |tx, ground, caller, now| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let files = uploads::train(tx, ground, &user, &upload, now).map_err(problem)?;
        let gone = || Problem::from(Refusal::AvatarGone);
        let avatar = avatars::of(tx, &user.id, &upload.avatar)?.ok_or_else(gone)?;
        let training = trainings::open(tx, &user.id, &upload.avatar)?.ok_or_else(gone)?;
        Made::accepted(&ModelTraining {
            avatar: avatars_api::shown(tx, avatar)?,
            training: trainings_api::shown(tx, training)?,
            files: files.into_iter().map(told).collect(),
        })
    });
    let made = made.await;
    if made.is_err() {
        written.remove().await;
    }
    made
}

fn problem(refused: Refused) -> Problem {
    match refused {
        Refused::Stop(stop) => stop.into(),
        Refused::Photos { refusal, files } => {
            Problem::from(refusal).with_files(files.into_iter().map(told).collect())
        }
        Refused::TriggerTaken => Problem::new(
            StatusCode::CONFLICT,
            "trigger-word-taken",
            "Another avatar has this trigger word.",
        ),
        Refused::TooDear(credits) => trainings_api::too_dear(credits),
    }
}

fn told(it: Judged) -> FileVerdicts {
    FileVerdicts {
        is_usable: !it.verdicts.iter().any(|it| it.excludes()),
        verdicts: it.verdicts.iter().map(|it| it.key().to_owned()).collect(),
        name: it.name,
    }
}

/// Files that are stored and not noted: they go again if nothing comes of it.
struct Written {
    app: Arc<App>,
    keys: Vec<String>,
}

impl Written {
    async fn remove(&self) {
        for key in &self.keys {
            if let Err(error) = self.app.objects.delete(key).await {
                tracing::warn!(%error, "a file could not be removed; the sweep finds it");
            }
        }
    }
}

/// The parts of a form as they came.
#[derive(Default)]
struct Parts {
    archive: Option<File>,
    archive_hash: String,
    /// By name, sorted: their order means nothing.
    texts: std::collections::BTreeMap<&'static str, String>,
}

const TEXTS: [&str; 7] =
    ["gender", "max_credits", "name", "quality", "steps", "training_type", "trigger_word"];

impl Parts {
    async fn read(mut form: Multipart) -> Result<Self, Problem> {
        let mut parts = Self::default();
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            let twice = || Problem::input(format!("The part `{name}` is there twice."));
            if name == "file" {
                if parts.archive.is_some() {
                    return Err(twice());
                }
                let (file, hash) = keep(field).await?;
                parts.archive = Some(file);
                parts.archive_hash = hash;
                continue;
            }
            let Some(known) = TEXTS.into_iter().find(|it| *it == name) else {
                let name: String = name.chars().take(40).collect();
                return Err(Problem::input(format!("There is no part `{name}` here.")));
            };
            let text = text(field, known).await?;
            if parts.texts.insert(known, text).is_some() {
                return Err(twice());
            }
        }
        Ok(parts)
    }

    fn hash(&self) -> String {
        let texts = serde_json::to_string(&self.texts).unwrap_or_default();
        hex::encode(Sha256::digest(format!("{}\n{texts}", self.archive_hash)))
    }

    fn wish(&self, app: &App) -> Result<Wish, Problem> {
        let text =
            |name: &str| self.texts.get(name).map(|it| it.trim()).filter(|it| !it.is_empty());
        if self.archive.is_none() {
            return Err(Problem::input("The part `file` is missing: a ZIP of photos."));
        }
        let subject = match text("gender") {
            Some("man" | "male") => Subject::Man,
            Some("woman" | "female") => Subject::Woman,
            Some("other") => Subject::Other,
            Some(_) => return Err(Problem::input("gender is man, woman or other.")),
            None => {
                return Err(Problem::input("The part `gender` is missing: man, woman or other."));
            }
        };
        let kind = match text("training_type") {
            Some(word) => Kind::from_text(word)
                .ok_or_else(|| Problem::input("training_type is portrait or style."))?,
            None => Kind::Portrait,
        };
        let said = self.texts.get("name").filter(|it| !it.trim().is_empty());
        let name = input::name(said.map_or("Avatar", String::as_str))?;
        let is_word = |it: &&str| is_trigger_word(it) && !it.contains('-');
        let trigger_word = match text("trigger_word") {
            Some(word) => Some(Some(word).filter(is_word).ok_or_else(|| {
                Problem::input(
                    "trigger_word is 3 to 32 letters, digits and underscores; a letter is first.",
                )
            })?),
            None => None,
        };
        let most = match text("max_credits") {
            Some(number) => {
                let number =
                    number.parse().map_err(|_| Problem::input("max_credits is a number."))?;
                trainings_api::most(Some(number))?
            }
            None => None,
        };
        let quality = self.quality(app, kind, text("quality"), text("steps"))?;
        let trigger_word = trigger_word.map(str::to_owned);
        Ok(Wish { kind, subject, name, trigger_word, quality, most })
    }

    fn quality(
        &self,
        app: &App,
        kind: Kind,
        quality: Option<&str>,
        steps: Option<&str>,
    ) -> Result<Quality, Problem> {
        let wrong = || Problem::input("steps is a number from 100 to 10000.");
        let steps = match steps {
            Some(steps) => {
                let steps = steps.parse().ok().filter(|it| STEPS.contains(it));
                Some(steps.ok_or_else(wrong)?)
            }
            None => None,
        };
        match (quality, steps) {
            (Some(word), _) => Quality::from_text(word)
                .ok_or_else(|| Problem::input("quality is fast, balanced or quality.")),
            (None, None) => Ok(Quality::Balanced),
            (None, Some(steps)) => {
                let Some(offer) = app.ground.catalog.training(kind) else {
                    return Err(Refusal::ProductPaused.into());
                };
                let settings = &app.ground.config.training;
                let far = |quality| {
                    let of = offer.quality(quality)?;
                    Some(settings.settings(kind, quality, &of.settings).steps?.abs_diff(steps))
                };
                let able = Quality::ALL.iter().copied();
                let nearest = able.filter_map(|it| Some((far(it)?, it))).min_by_key(|it| it.0);
                Ok(nearest.map_or(Quality::Balanced, |it| it.1))
            }
        }
    }
}

/// What is wanted, without the photos.
struct Wish {
    kind: Kind,
    subject: Subject,
    name: String,
    trigger_word: Option<String>,
    quality: Quality,
    most: Option<Credits>,
}

fn broken(error: MultipartError) -> Problem {
    match error.status() {
        code @ StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(code, "too-large", "The body is larger than the 200 MB that are taken.")
        }
        _ => Problem::new(
            StatusCode::BAD_REQUEST,
            "bad-request",
            format!("The body is no whole form: {}.", error.body_text()),
        ),
    }
}

async fn text(mut field: Field<'_>, name: &str) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        bytes.extend_from_slice(&chunk);
        if TEXT_BYTES_MAX < bytes.len() {
            return Err(Problem::input(format!("The part `{name}` is too long.")));
        }
    }
    String::from_utf8(bytes).map_err(|_| Problem::input(format!("The part `{name}` is no text.")))
}

/// Writes a part to a file without a name, which goes with its last owner. And its hash.
async fn keep(mut field: Field<'_>) -> Result<(File, String), Problem> {
    let failed = |it: std::io::Error| Problem::from(Failure::from(it));
    let file = tempfile::tempfile().map_err(failed)?;
    let mut file = tokio::fs::File::from_std(file);
    let mut hash = Sha256::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        hash.update(&chunk);
        file.write_all(&chunk).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    let mut file = file.into_std().await;
    file.rewind().map_err(failed)?;
    Ok((file, hex::encode(hash.finalize())))
}

/// Opens the archive and looks at each of its files.
async fn look(
    app: &Arc<App>,
    user: &User,
    archive: Option<File>,
    wish: Wish,
    written: &mut Written,
) -> Result<Upload, Problem> {
    let avatar = AvatarId::new(app.ground.number());
    let Some(offer) = app.ground.catalog.training(wish.kind) else {
        return Err(Refusal::ProductPaused.into());
    };
    // Two avatars may get one word by chance; another id has another word.
    debug_assert!(is_trigger_word(&trigger_word(&avatar)));
    let archive = archive.ok_or_else(|| Problem::input("The part `file` is missing."))?;
    let mut unzipped = blocking(move || read_zip(archive, &ZipLimits::default())).await?;
    let most = offer.photos.count_max;
    let mut files = Vec::new();
    let mut photos = 0;
    while let (rest, Some(file)) = next(unzipped).await? {
        unzipped = rest;
        let seen = see(app, (&user.id, &avatar), &file, written).await?;
        photos += u32::from(seen.is_ok());
        if most < photos {
            return Err(Refusal::PhotosTooMany { most }.into());
        }
        files.push(uploads::File { name: file.name, bytes: file.bytes.len() as u64, seen });
    }
    let Wish { kind, subject, name, trigger_word, quality, most } = wish;
    let credits_max = most;
    Ok(Upload { avatar, kind, subject, name, trigger_word, quality, credits_max, files })
}

/// Work for a whole thread, whose no is the sender's fault.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, WrongZip> + Send + 'static,
) -> Result<T, Problem> {
    let panicked = |_| Problem::from(Failure::Ours("an archive could not be read".to_owned()));
    tokio::task::spawn_blocking(work).await.map_err(panicked)?.map_err(|wrong| match wrong {
        WrongZip::Read(error) => Failure::from(error).into(),
        wrong => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "wrong-archive",
            format!("The part `file`: {wrong}."),
        ),
    })
}

async fn next(
    mut unzipped: Unzipped<File>,
) -> Result<(Unzipped<File>, Option<UnzippedFile>), Problem> {
    blocking(move || {
        let file = unzipped.next().transpose()?;
        Ok((unzipped, file))
    })
    .await
}

/// Looks at a file, and stores what is kept of it.
async fn see(
    app: &Arc<App>,
    (user, avatar): (&UserId, &AvatarId),
    file: &UnzippedFile,
    written: &mut Written,
) -> Result<Result<Seen, Unreadable>, Problem> {
    let bytes = file.bytes.clone();
    let turn = app.looks.acquire().await;
    let looked =
        tokio::task::spawn_blocking(move || media::inspect(&bytes, &media::Limits::default()))
            .await
            .unwrap_or(Err(media::Unreadable::Broken));
    drop(turn);
    let inspected = match looked {
        Ok(inspected) => inspected,
        Err(why) => return Ok(Err(said(why))),
    };
    let photo = PhotoId::new(app.ground.number());
    let store = async |key: String, kind, bytes: Vec<u8>, written: &mut Written| {
        let it = Stored {
            id: ObjectId::new(app.ground.number()),
            key,
            kind,
            bytes: bytes.len() as i64,
            sha256: hash(&bytes),
        };
        written.keys.push(it.key.clone());
        app.objects.put(&it.key, bytes).await.map_err(Failure::from)?;
        Ok::<_, Problem>(it)
    };
    let processed =
        store(key::processed(user, avatar, &photo), "photo", inspected.prepared, written).await?;
    let thumbnail =
        store(key::thumbnail(user, avatar, &photo), "thumbnail", inspected.thumbnail, written)
            .await?;
    Ok(Ok(Seen { photo, measures: measures(&inspected.look), processed, thumbnail }))
}
