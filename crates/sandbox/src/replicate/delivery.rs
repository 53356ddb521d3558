//! The files of results: pictures that are drawn when they are asked for, and trained weights. Who
//! knows the address may have them, with a token or without.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use futures::stream;
use http::{HeaderValue, StatusCode, header};

use super::faults::{Call, Trouble};
use super::refusals::Refusal;
use super::run::{INTERNAL, Outcome, Run};
use super::weights::{Flaw, PAGE, TAR_NAME};
use super::{Kind, Replicate, World, inputs};
use crate::drawing::{self, Format, Scene, Source};

const FLOOD_PIECE: usize = 1 << 20;
/// Four gigabytes: more than anybody should take.
const FLOOD_PIECES: usize = 4096;

pub(super) fn routes() -> Router<Arc<Replicate>> {
    Router::new().route("/delivery/xezq/{token}/{name}", get(file))
}

async fn file(
    State(replicate): State<Arc<Replicate>>,
    Path((token, name)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    replicate.settle(None).await;
    let now = replicate.now();
    let kind = {
        let mut world = replicate.world();
        world.run_by_token(&token).map(|it| it.kind)
    };
    replicate.interrupt(Call::Delivery, kind).await?;
    let gone = || Refusal::not_found("The file does not exist.");
    let sheet = {
        let mut world = replicate.world();
        let run = world.run_by_token(&token).ok_or_else(gone)?;
        let is_done = run.ended.as_ref().is_some_and(|it| it.outcome == Outcome::Done);
        if !is_done || run.is_removed(now) || run.has(Trouble::Gone) {
            return Err(gone());
        }
        if run.has(Trouble::Redirect) {
            let place = [(header::LOCATION, format!("{INTERNAL}/{name}"))];
            return Ok((StatusCode::FOUND, place).into_response());
        }
        if run.has(Trouble::TooLarge) {
            return Ok(flood());
        }
        match run.kind {
            Kind::Training => None,
            Kind::Prediction => {
                let sheet = Sheet::of(run, &name).ok_or_else(gone)?;
                if run.has(Trouble::Text) {
                    let content_type = [(header::CONTENT_TYPE, sheet.format.content_type())];
                    return Ok((content_type, PAGE).into_response());
                }
                Some(sheet)
            }
        }
    };
    let (bytes, content_type) = match sheet {
        None => {
            let bytes = weights(&mut replicate.world(), &token, &name).ok_or_else(gone)?;
            (bytes, "application/x-tar")
        }
        Some(sheet) => {
            let content_type = sheet.format.content_type();
            let drawn = tokio::task::spawn_blocking(move || sheet.draw()).await;
            (drawn.map_err(|_| Refusal::broken())?, content_type)
        }
    };
    let mut response = Response::new(Body::from(bytes));
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    Ok(response)
}

/// Bytes without an announced length that don't end for long.
fn flood() -> Response {
    let piece = Bytes::from(vec![0; FLOOD_PIECE]);
    let pieces = (0..FLOOD_PIECES).map(move |_| Ok::<_, std::io::Error>(piece.clone()));
    Response::new(Body::from_stream(stream::iter(pieces)))
}

/// The tar file of a training that has ended well.
pub(super) fn weights(world: &mut World, token: &str, name: &str) -> Option<Vec<u8>> {
    let run = world.run_by_token(token)?;
    let flaw = [
        (Trouble::Text, Flaw::NotTar),
        (Trouble::NoWeights, Flaw::WithoutWeights),
        (Trouble::Escaping, Flaw::Escaping),
    ];
    let flaw = flaw.into_iter().find(|it| run.has(it.0)).map(|it| it.1);
    let is_there = name == TAR_NAME && !run.has(Trouble::Gone);
    Some(run.trained().filter(|_| is_there)?.tar(flaw))
}

impl World {
    fn run_by_token(&mut self, token: &str) -> Option<&mut Run> {
        self.runs.get_mut(self.by_token.get(token)?)
    }
}

/// A picture that is to be drawn.
struct Sheet {
    prompt: String,
    seed: u64,
    model: String,
    avatars: Vec<drawing::Avatar>,
    notes: String,
    size: [u32; 2],
    source: Option<(Bytes, f64)>,
    format: Format,
}

impl Sheet {
    fn of(run: &Run, name: &str) -> Option<Sheet> {
        let count = run.pictures();
        let index = (0..count).find(|it| run.picture_name(*it) == name)?;
        let strength = run.input["prompt_strength"].as_f64().unwrap_or(0.8);
        let picture = run.found().and_then(|it| it.picture.clone());
        Some(Sheet {
            prompt: run.input["prompt"].as_str().unwrap_or_default().to_owned(),
            // Each has its own, and the first the one that was named.
            seed: run.seed().wrapping_add(index),
            model: match &run.destination {
                Some(trained) => trained.clone(),
                None => run.model.clone(),
            },
            avatars: run.avatars(),
            notes: if 1 < count {
                format!("image {} of {count}", index + 1)
            } else {
                String::new()
            },
            size: inputs::size(&run.input),
            source: picture.map(|it| (it, strength)),
            format: Format::from_name(name.rsplit('.').next()?)?,
        })
    }

    /// Blocks for some time.
    fn draw(&self) -> Vec<u8> {
        let [width, height] = self.size;
        let source = self.source.as_ref().and_then(|(bytes, strength)| {
            let picture = image::load_from_memory(bytes).ok()?.to_rgb8();
            Some(Source { picture, strength: *strength as f32 })
        });
        let scene = Scene {
            prompt: &self.prompt,
            seed: self.seed,
            model: &self.model,
            avatars: &self.avatars,
            notes: &self.notes,
            width,
            height,
            source,
        };
        drawing::encode(&drawing::draw(&scene), self.format, &drawing::facts(&scene))
    }
}
