//! A green screen behind somebody: where a ground reaches the edges it goes, by its colours; where
//! none does, all that isn't in the middle.

use super::canvas::Colour;
use super::strokes::is_somebody;
use image::{Rgb, RgbImage};

const GREEN: Colour = [0, 255, 0];
/// How far two neighbours may differ and both belong to the ground, in each colour.
const STEP: u8 = 8;
/// Less than this part of a picture isn't a ground.
const GROUND_PERCENT_MIN: usize = 12;

/// The same with flat green for a ground.
pub(super) fn before_green(photo: &RgbImage) -> RgbImage {
    let mut picture = photo.clone();
    let ground = ground_of(photo);
    let found = ground.iter().filter(|it| **it).count();
    let (width, height) = photo.dimensions();
    let is_clear = ground.len() * GROUND_PERCENT_MIN <= found * 100;
    for (place, (x, y, pixel)) in picture.enumerate_pixels_mut().enumerate() {
        let is_ground = if is_clear {
            ground[place]
        } else {
            let across = (x as f32 / width as f32 - 0.5) / 0.26;
            !is_somebody(across, y as f32 / height as f32)
        };
        if is_ground {
            *pixel = Rgb(GREEN);
        }
    }
    picture
}

/// What can be reached from the upper corners and the sides without a step, and the rim of it,
/// where colours mix.
fn ground_of(photo: &RgbImage) -> Vec<bool> {
    let (width, height) = (photo.width() as usize, photo.height() as usize);
    let (pixels, _) = photo.as_raw().as_chunks::<3>();
    let mut ground = vec![false; pixels.len()];
    // The sides only down to the shoulders, which may reach them.
    let sides = (0..height / 3).flat_map(|y| [y * width, y * width + width - 1]);
    let mut open: Vec<usize> = sides.chain(0..width).filter(|it| *it < pixels.len()).collect();
    while let Some(place) = open.pop() {
        if std::mem::replace(&mut ground[place], true) {
            continue;
        }
        for next in neighbours(place, width, pixels.len()) {
            let is_alike = (0..3).all(|it| pixels[place][it].abs_diff(pixels[next][it]) <= STEP);
            if is_alike && !ground[next] {
                open.push(next);
            }
        }
    }
    let is_rim = |place: usize| neighbours(place, width, pixels.len()).any(|it| ground[it]);
    (0..pixels.len()).map(|it| ground[it] || is_rim(it)).collect()
}

fn neighbours(place: usize, width: usize, count: usize) -> impl Iterator<Item = usize> {
    let x = place % width.max(1);
    let left = (0 < x).then(|| place - 1);
    let right = (x + 1 < width).then(|| place + 1);
    let above = place.checked_sub(width);
    let below = Some(place + width).filter(|it| *it < count);
    [left, right, above, below].into_iter().flatten()
}
