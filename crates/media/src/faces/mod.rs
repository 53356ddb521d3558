//! Finds upright faces that look at the camera, more or less: up to about 30° turned or tilted.
//!
//! The method is the funnel cascade of S. Wu, M. Kan, Z. He, S. Shan and X. Chen ("Funnel-structured
//! cascade for multi-view face detection with alignment awareness", 2016) with their SeetaFace
//! model. The crate that ships the model has an engine too; ours is used because pictures come
//! from strangers and that engine follows unchecked pointers, and because it is three times as fast.

mod boosted;
mod model;
mod network;

use image::GrayImage;

use self::boosted::Codes;
use self::model::MODEL;
use self::network::{Gradients, Network};
use crate::resize;

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
    let shorter = |side: u32| (f64::from(side) * scale) as u32;
    let (width, height) = picture.dimensions();
    resize::grey(picture.as_raw(), (width, height), (shorter(width), shorter(height)))
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
    let columns = between(at.x, at.side, width);
    let rows = between(at.y, at.side, picture.height() as usize);
    let mut window = [[0; WINDOW]; WINDOW];
    for (values, [(upper, upper_weight), (lower, lower_weight)]) in window.iter_mut().zip(&rows) {
        let upper = &picture.as_raw()[upper * width..][..width];
        let lower = &picture.as_raw()[lower * width..][..width];
        for (value, [(left, left_weight), (right, right_weight)]) in values.iter_mut().zip(&columns)
        {
            let across = |row: &[u8]| {
                u32::from(row[*left]) * left_weight + u32::from(row[*right]) * right_weight
            };
            *value = ((across(upper) * upper_weight + across(lower) * lower_weight) >> 16) as u8;
        }
    }
    window
}

/// For each of the 40 places on this way: the two pixels that it lies between, with their weights
/// of together 256. A pixel outside the picture has no weight.
fn between(from: i32, side: i32, length: usize) -> [[(usize, u32); 2]; WINDOW] {
    std::array::from_fn(|it| {
        let place = it as i32 * side * 256 / WINDOW as i32;
        let behind = (place % 256) as u32;
        [(0, 256 - behind), (1, behind)].map(|(next, weight)| {
            match usize::try_from(from + place / 256 + next) {
                Ok(at) if at < length => (at, weight),
                _ => (0, 0),
            }
        })
    })
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
