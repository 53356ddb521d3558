//! A mouth that opens, over any portrait: where it is in the characters, and about there in others.

use super::canvas::{Canvas, Colour, Point, SOLID};
use image::RgbImage;
use image::imageops;

/// How far a mouth can open, in steps from shut.
pub const OPEN_MAX: u8 = 5;

/// Where its middle is, in thousandths of the width and of the height.
pub(super) const MIDDLE: Point = Point { x: 500, y: 410 };
/// Half of the width of it, in thousandths of the width.
pub(super) const HALF: i32 = 66;
/// Half of what one step opens, in thousandths of the width.
const STEP: i32 = 11;
/// What is drawn stays within this: half of each side, in thousandths of the width.
const ROOM: Point = Point { x: 80, y: 84 };

const LIPS: Colour = [168, 66, 70];
const INSIDE: Colour = [58, 18, 24];
const TONGUE: Colour = [176, 74, 84];
const TEETH: Colour = [240, 236, 228];

/// A part of a picture, which begins and ends at even places.
pub struct Patch {
    pub left: u32,
    pub top: u32,
    pub picture: RgbImage,
}

/// What of a portrait changes when its mouth opens so far; at 0 it is as it was.
pub fn opened(portrait: &RgbImage, steps: u8) -> Patch {
    let (width, height) = portrait.dimensions();
    let side = |it: u32| i32::try_from(it).unwrap_or(i32::MAX);
    let (wide, high) = (side(width), side(height));
    let middle = Point { x: wide * MIDDLE.x / 1000, y: high * MIDDLE.y / 1000 };
    let even = |it: i32, most: i32| it.clamp(0, most) / 2 * 2;
    let left = even(middle.x - wide * ROOM.x / 1000, wide);
    let top = even(middle.y - wide * ROOM.y / 1000, high);
    let right = even(middle.x + wide * ROOM.x / 1000 + 2, wide);
    let bottom = even(middle.y + wide * ROOM.y / 1000 + 2, high);
    let unsigned = |it: i32| u32::try_from(it).unwrap_or_default();
    let (left_edge, top_edge) = (unsigned(left), unsigned(top));
    let (part_wide, part_high) = (unsigned(right - left), unsigned(bottom - top));
    let part = imageops::crop_imm(portrait, left_edge, top_edge, part_wide, part_high).to_image();
    let mut patch = Patch { left: left_edge, top: top_edge, picture: part };
    if 0 < steps && !patch.picture.is_empty() {
        let here = Point { x: middle.x - left, y: middle.y - top };
        let mut on = Canvas::over(patch.picture);
        open(&mut on, here, wide, i32::from(steps.min(OPEN_MAX)));
        patch.picture = on.into_image();
    }
    patch
}

/// Wider when it is nearly shut, as mouths are.
fn open(on: &mut Canvas, middle: Point, wide: i32, steps: i32) {
    let narrower = 100 - (steps - 1) * 5;
    let half = Point {
        x: (wide * HALF * narrower / 100_000).max(2),
        y: (wide * STEP * steps / 1000).max(1),
    };
    let lip = (wide / 90).max(1);
    on.ellipse(middle, Point { x: half.x + lip, y: half.y + lip }, LIPS, SOLID);
    on.ellipse(middle, half, INSIDE, SOLID);
    if 2 < steps {
        let below = Point { x: middle.x, y: middle.y + half.y * 6 / 10 };
        on.ellipse(below, Point { x: half.x * 5 / 10, y: half.y * 3 / 10 }, TONGUE, SOLID);
        let above = Point { x: middle.x, y: middle.y - half.y * 6 / 10 };
        on.ellipse(above, Point { x: half.x * 6 / 10, y: half.y * 2 / 10 }, TEETH, SOLID);
    }
}
