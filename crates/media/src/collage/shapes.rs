//! Shapes with soft edges, each as the distance from its edge (less than zero is inside), so that
//! they look the same in any size and need no font.

use std::f32::consts::{PI, SQRT_2, TAU};

use image::{Rgb, RgbImage};

const WHITE: Rgb<u8> = Rgb([255; 3]);
const INK: Rgb<u8> = Rgb([16, 18, 22]);
const RED: Rgb<u8> = Rgb([236, 58, 84]);

#[derive(Clone, Copy)]
pub(crate) struct Rect {
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
}

impl Rect {
    pub(super) fn square(left: u32, top: u32, side: u32) -> Self {
        Self { left, top, width: side, height: side }
    }

    /// A square of this side in the middle of it.
    pub(super) fn middle(self, side: u32) -> Self {
        let (left, top) = ((self.width - side) / 2, (self.height - side) / 2);
        Self::square(self.left + left, self.top + top, side)
    }

    fn centre(self) -> (f32, f32) {
        let half = |from: u32, length: u32| from as f32 + length as f32 / 2.0;
        (half(self.left, self.width), half(self.top, self.height))
    }
}

/// Colours the pixels of `within` as far as they are inside the shape.
pub(crate) fn paint(
    page: &mut RgbImage,
    within: Rect,
    distance: impl Fn(f32, f32) -> f32,
    colour: impl Fn(u32, u32) -> Rgb<u8>,
) {
    paint_glass(page, within, 1.0, distance, colour);
}

fn paint_glass(
    page: &mut RgbImage,
    within: Rect,
    opacity: f32,
    distance: impl Fn(f32, f32) -> f32,
    colour: impl Fn(u32, u32) -> Rgb<u8>,
) {
    for y in within.top..within.top + within.height {
        for x in within.left..within.left + within.width {
            let cover = (0.5 - distance(x as f32 + 0.5, y as f32 + 0.5)).clamp(0.0, 1.0) * opacity;
            if cover == 0.0 {
                continue;
            }
            let new = colour(x, y);
            let pixel = page.get_pixel_mut(x, y);
            for (old, new) in pixel.0.iter_mut().zip(new.0) {
                *old = (f32::from(*old) + (f32::from(new) - f32::from(*old)) * cover).round() as u8;
            }
        }
    }
}

/// The rectangle with round corners.
pub(crate) fn rounded(at: Rect, corner: f32) -> impl Fn(f32, f32) -> f32 {
    let (centre_x, centre_y) = at.centre();
    let (half_x, half_y) = (at.width as f32 / 2.0 - corner, at.height as f32 / 2.0 - corner);
    move |x, y| {
        let (x, y) = ((x - centre_x).abs() - half_x, (y - centre_y).abs() - half_y);
        x.max(0.0).hypot(y.max(0.0)) + x.max(y).min(0.0) - corner
    }
}

/// A white digit from 1 to 9 on a dark disc.
pub(super) fn badge(page: &mut RgbImage, at: Rect, digit: u8) {
    let (centre_x, centre_y) = at.centre();
    let radius = at.width as f32 / 2.0;
    let disc =
        |inset: f32| move |x: f32, y: f32| (x - centre_x).hypot(y - centre_y) - radius + inset;
    paint_glass(page, at, 0.85, disc(0.0), |_, _| WHITE);
    paint_glass(page, at, 0.96, disc(radius * 0.07), |_, _| INK);
    let strokes = strokes(digit);
    let (from, to) = strokes
        .iter()
        .map(Stroke::reach)
        .fold((f32::MAX, f32::MIN), |all, it| (all.0.min(it.0), all.1.max(it.1)));
    let height = radius * 0.92;
    let (left, top) = (centre_x - (from + to) / 2.0 * height, centre_y - height / 2.0);
    let pen = 0.088;
    let distance = |x: f32, y: f32| {
        let (x, y) = ((x - left) / height, (y - top) / height);
        let nearest = strokes.iter().map(|it| it.distance(x, y)).fold(f32::MAX, f32::min);
        (nearest - pen) * height
    };
    paint(page, at, distance, |_, _| WHITE);
}

/// A red heart with a white edge: a square on its corner with a disc on each of its upper sides.
pub(super) fn heart(page: &mut RgbImage, at: Rect) {
    let (centre_x, centre_y) = at.centre();
    let side = at.width as f32 * 0.44;
    let distance = |x: f32, y: f32| {
        let (x, y) = (x - centre_x, y - centre_y - side * 0.07);
        let (u, v) = ((x - y) / SQRT_2, (x + y) / SQRT_2);
        let half = side / 2.0;
        let (beside, below) = (u.abs() - half, v.abs() - half);
        let square = beside.max(0.0).hypot(below.max(0.0)) + beside.max(below).min(0.0);
        square.min((u - half).hypot(v) - half).min(u.hypot(v + half) - half)
    };
    let edge = at.width as f32 * 0.06;
    paint(page, at, |x, y| distance(x, y) - edge, |_, _| WHITE);
    paint(page, at, distance, |_, _| RED);
}

/// The sign of a picture that isn't there: a frame, a sun and hills.
pub(super) fn landscape(page: &mut RgbImage, at: Rect, colour: Rgb<u8>) {
    let scale = at.width as f32;
    let (left, top) = (at.left as f32, at.top as f32);
    let frame = rounded(Rect { height: at.height * 4 / 5, ..at }, scale * 0.12);
    let pen = 0.035;
    let hills = [
        Stroke::Line((0.12, 0.66), (0.36, 0.36)),
        Stroke::Line((0.36, 0.36), (0.58, 0.62)),
        Stroke::Line((0.52, 0.56), (0.66, 0.44)),
        Stroke::Line((0.66, 0.44), (0.88, 0.66)),
    ];
    let distance = |x: f32, y: f32| {
        let edge = (frame(x, y) + pen * scale).abs() - pen * scale;
        let (x, y) = ((x - left) / scale, (y - top) / scale);
        let sun = (x - 0.70).hypot(y - 0.22) - 0.07;
        let hills = hills.iter().map(|it| it.distance(x, y)).fold(f32::MAX, f32::min) - pen;
        edge.min(hills.min(sun) * scale)
    };
    paint(page, at, distance, |_, _| colour);
}

type Point = (f32, f32);

/// A part of a digit, as drawn with a round pen in a box of height 1. Angles go clockwise from the
/// right, for y goes down.
enum Stroke {
    Line(Point, Point),
    Arc { centre: Point, radius: f32, from: f32, to: f32 },
}

impl Stroke {
    fn ring(centre: Point, radius: f32) -> Self {
        Self::Arc { centre, radius, from: 0.0, to: TAU }
    }

    fn distance(&self, x: f32, y: f32) -> f32 {
        match *self {
            Self::Line(from, to) => {
                let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
                let (x, y) = (x - from.0, y - from.1);
                let length = along_x * along_x + along_y * along_y;
                let part = ((x * along_x + y * along_y) / length).clamp(0.0, 1.0);
                (x - part * along_x).hypot(y - part * along_y)
            }
            Self::Arc { centre, radius, from, to } => {
                let (x, y) = (x - centre.0, y - centre.1);
                if (y.atan2(x) - from).rem_euclid(TAU) <= to - from {
                    return (x.hypot(y) - radius).abs();
                }
                let end = |angle: f32| (x - radius * angle.cos()).hypot(y - radius * angle.sin());
                end(from).min(end(to))
            }
        }
    }

    /// How far left and right it may go.
    fn reach(&self) -> (f32, f32) {
        match *self {
            Self::Line(from, to) => (from.0.min(to.0), from.0.max(to.0)),
            Self::Arc { centre, radius, .. } => (centre.0 - radius, centre.0 + radius),
        }
    }
}

fn strokes(digit: u8) -> Vec<Stroke> {
    use Stroke::{Arc, Line};
    let arc =
        |centre, radius, from: f32, to: f32| Arc { centre, radius, from: from * PI, to: to * PI };
    match digit {
        1 => vec![Line((0.06, 0.22), (0.34, 0.0)), Line((0.34, 0.0), (0.34, 1.0))],
        2 => vec![
            arc((0.3, 0.29), 0.29, -0.95, 0.19),
            Line((0.54, 0.45), (0.02, 1.0)),
            Line((0.02, 1.0), (0.6, 1.0)),
        ],
        3 => vec![arc((0.29, 0.25), 0.25, -0.85, 0.5), arc((0.29, 0.72), 0.28, -0.5, 0.85)],
        4 => vec![
            Line((0.44, 1.0), (0.44, 0.0)),
            Line((0.44, 0.0), (0.0, 0.7)),
            Line((0.0, 0.7), (0.62, 0.7)),
        ],
        5 => vec![
            Line((0.55, 0.0), (0.12, 0.0)),
            Line((0.12, 0.0), (0.06, 0.46)),
            arc((0.28, 0.68), 0.31, -0.75, 0.8),
        ],
        6 => vec![Stroke::ring((0.3, 0.69), 0.3), Line((0.44, 0.0), (0.05, 0.53))],
        7 => vec![Line((0.0, 0.0), (0.58, 0.0)), Line((0.58, 0.0), (0.2, 1.0))],
        8 => vec![Stroke::ring((0.3, 0.24), 0.24), Stroke::ring((0.3, 0.72), 0.28)],
        9 => vec![Stroke::ring((0.3, 0.31), 0.3), Line((0.55, 0.47), (0.16, 1.0))],
        _ => Vec::new(),
    }
}
