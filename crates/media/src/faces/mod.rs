//! Finds upright faces that look at the camera, more or less: up to about 30° turned or tilted.
//!
//! The method is the funnel cascade of S. Wu, M. Kan, Z. He, S. Shan and X. Chen ("Funnel-structured
//! cascade for multi-view face detection with alignment awareness", 2016) with their SeetaFace
//! model. The crate that ships the model has an engine too; ours is used because pictures come
//! from strangers and that engine follows unchecked pointers, and because it is five times faster.

mod boosted;
mod model;
mod network;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::GrayImage;

use boosted::Codes;
use model::MODEL;
use network::{Gradients, Network};

/// The model knows faces of this size; larger ones are found in smaller copies of the picture.
pub(crate) const WINDOW: usize = 40;
/// The distance of neighbouring windows.
const STEP: usize = 4;
/// From each copy of the picture to the next.
const SHRINK: f64 = 0.8;
/// Windows of one cascade that are looked at again. Photos have a few hundred; without a limit a
/// picture made for it would keep a processor busy for minutes.
const WINDOWS_MAX: usize = 3_000;
/// Windows that overlap more are one window.
const SAME_WINDOW: f64 = 0.8;
const SAME_FACE: f64 = 0.3;

/// A square around a face, which may reach over the edge of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Found {
    pub x: i32,
    pub y: i32,
    pub side: i32,
    /// The number of windows that agree, each weighted by its likelihood.
    pub score: f32,
}

/// All faces with at least this score, the best first.
pub(crate) fn find(picture: &GrayImage, score_min: f32) -> Vec<Found> {
    let mut found = propose(picture);
    for (at, judge) in MODEL.judges.iter().enumerate() {
        found = found.into_iter().filter_map(|it| look_again(picture, judge, it)).collect();
        if at == 0 {
            found = merge(found, SAME_WINDOW);
        }
    }
    found = merge(found, SAME_FACE);
    found.retain(|it| score_min <= it.score);
    found
}

fn propose(picture: &GrayImage) -> Vec<Found> {
    let short = f64::from(picture.width().min(picture.height()));
    let mut proposals = vec![Vec::new(); MODEL.proposers.len()];
    let mut scale = 1.0;
    while WINDOW as f64 <= short * scale {
        let copy = shrink(picture, scale);
        let codes = Codes::of(&copy);
        let whole = |length: usize| (length as f64 / scale).round() as i32;
        for (proposer, proposals) in MODEL.proposers.iter().zip(&mut proposals) {
            proposals.extend(proposer.windows(&copy, &codes).into_iter().map(|it| Found {
                x: whole(it.x),
                y: whole(it.y),
                side: whole(WINDOW),
                score: it.score,
            }));
        }
        scale *= SHRINK;
    }
    proposals.into_iter().flat_map(|it| merge(it, SAME_WINDOW)).collect()
}

fn shrink(picture: &GrayImage, scale: f64) -> GrayImage {
    let (width, height) = picture.dimensions();
    let shorter = |side: u32| (f64::from(side) * scale) as u32;
    let (to_width, to_height) = (shorter(width), shorter(height));
    if (to_width, to_height) == (width, height) {
        return picture.clone();
    }
    let from = ImageRef::new(width, height, picture.as_raw(), PixelType::U8)
        .expect("a grey picture has a byte for each pixel");
    let mut to = Image::new(to_width, to_height, PixelType::U8);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize(&from, &mut to, &options).expect("both pictures are grey");
    GrayImage::from_raw(to_width, to_height, to.into_vec())
        .expect("a grey picture has a byte for each pixel")
}

/// Where the face really is and how sure that is, or nothing if there is none.
fn look_again(picture: &GrayImage, judge: &Network, at: Found) -> Option<Found> {
    let opinion = judge.judge(&Gradients::of(&cut(picture, at)))?;
    let before = at.side as f32;
    let side = (opinion.side * 2.0 * before + 0.5).floor();
    // The correction is between the middles of the window and of the face.
    let place =
        |from: i32, by: f32| from as f32 + (by * 2.0 - 1.0) * before + (before - side) / 2.0 + 0.5;
    let (x, y) = (place(at.x, opinion.x).floor(), place(at.y, opinion.y).floor());
    let found = Found { x: x as i32, y: y as i32, side: side as i32, score: opinion.likelihood };
    let inside = |from: i32, length: u32| from < length as i32 && 0 < from + found.side;
    let near = inside(found.x, picture.width()) && inside(found.y, picture.height());
    // A judge may say nonsense about a picture that it has never seen the like of.
    (near
        && WINDOW as i32 / 2 <= found.side
        && found.side <= 2 * picture.width().max(picture.height()) as i32)
        .then_some(found)
}

/// The part of the picture in the size that the judges know; black where the picture ends.
fn cut(picture: &GrayImage, at: Found) -> [[u8; WINDOW]; WINDOW] {
    let width = picture.width() as usize;
    let apart = at.side as f32 / WINDOW as f32;
    // For each of the 40 places: the pixel before it, and how far behind that it is.
    let places: [(i32, f32); WINDOW] = std::array::from_fn(|it| {
        let place = it as f32 * apart;
        (place as i32, place.fract())
    });
    let row = |y: i32| -> &[u8] {
        let from = usize::try_from(y).ok().map(|y| y * width);
        from.and_then(|from| picture.as_raw().get(from..from + width)).unwrap_or(&[])
    };
    let pixel = |row: &[u8], x: i32| -> f32 {
        f32::from(usize::try_from(x).ok().and_then(|x| row.get(x).copied()).unwrap_or(0))
    };
    let mut window = [[0; WINDOW]; WINDOW];
    for (values, (y, down)) in window.iter_mut().zip(places) {
        let (upper, lower) = (row(at.y + y), row(at.y + y + 1));
        for (value, (x, right)) in values.iter_mut().zip(places) {
            let x = at.x + x;
            let between = |row: &[u8]| pixel(row, x) * (1.0 - right) + pixel(row, x + 1) * right;
            *value = (between(upper) * (1.0 - down) + between(lower) * down) as u8;
        }
    }
    window
}

/// Makes one of those that overlap: it has the place of the best and the score of all.
fn merge(mut found: Vec<Found>, overlap_min: f64) -> Vec<Found> {
    found.sort_by(|left, right| right.score.total_cmp(&left.score));
    found.truncate(WINDOWS_MAX);
    let mut merged: Vec<Found> = Vec::new();
    while let Some(best) = found.first().copied() {
        // The best overlaps with itself, so its own score is in the sum.
        let same = |it: &Found| overlap_min < overlap(&best, it);
        let score = found.extract_if(.., |it| same(it)).map(|it| it.score).sum();
        merged.push(Found { score, ..best });
    }
    merged
}

/// The common part of two squares, as a share of what both cover.
fn overlap(left: &Found, right: &Found) -> f64 {
    let common = |left_from: i32, right_from: i32| {
        let to = (left_from + left.side).min(right_from + right.side);
        f64::from((to - left_from.max(right_from)).max(0))
    };
    let both = common(left.x, right.x) * common(left.y, right.y);
    let area = |it: &Found| f64::from(it.side) * f64::from(it.side);
    both / (area(left) + area(right) - both)
}
