//! How each kind of edit looks: what is done to all pixels, and the shapes that are laid on them.

use super::canvas::{Canvas, Colour, Point, SOLID};
use super::edits::{Kind, tint_of};
use image::{Rgb, RgbImage, imageops};

/// Changes all pixels as the kind wants.
pub(super) fn over_all(picture: &mut RgbImage, kind: Kind, prompt: &str) {
    match kind {
        Kind::MakeUp => tint(picture, [255, 150, 190], 50),
        Kind::Background => background(picture),
        Kind::Winter => tint(picture, [170, 200, 255], 110),
        Kind::Spring => tint(picture, [150, 230, 120], 90),
        Kind::Summer => tint(picture, [255, 225, 90], 100),
        Kind::Autumn => tint(picture, [215, 110, 20], 120),
        Kind::Restoration => each(picture, |it| it.map(|it| stretched(it, 3, 2, 18))),
        Kind::Colours => each(picture, |it| mixed([20, 60, 110], [255, 205, 140], grey(it))),
        Kind::Sketch => sketch(picture),
        Kind::Cartoon => cartoon(picture),
        Kind::Oil => blocks(picture, 60, |it| it.map(|it| stretched(it, 5, 4, -10))),
        Kind::Watercolour => watercolour(picture),
        Kind::Blocks => blocks(picture, 20, |it| it),
        Kind::Vintage => vintage(picture),
        Kind::Age => each(picture, |it| [grey(it); 3]),
        Kind::Light => light(picture),
        Kind::Neon => each(picture, |[red, green, blue]| {
            [stretched(blue, 3, 2, 30), red / 3, stretched(green, 3, 2, 40)]
        }),
        Kind::Other => tint(picture, tint_of(prompt), 110),
        Kind::Hair | Kind::Beard | Kind::Clothes | Kind::Glasses | Kind::Hat | Kind::Green => {}
    }
}

/// Lays shapes on it, around where a face usually is.
pub(super) fn shapes(on: &mut Canvas, kind: Kind, is_alone: bool) {
    let (width, height) = (on.width(), on.height());
    let face = Point { x: width / 2, y: height * 2 / 5 };
    let size = Point { x: width / 5, y: height / 5 };
    let at = |x: i32, y: i32| Point { x: face.x + size.x * x / 10, y: face.y + size.y * y / 10 };
    let part = |x: i32, y: i32| Point { x: size.x * x / 10, y: size.y * y / 10 };
    match kind {
        Kind::Hair => {
            let colour = [120, 30, 20];
            on.half_ellipse(at(0, -2), part(13, 13), true, colour);
            on.rectangle(at(-13, -2), part(5, 20), colour, SOLID);
            on.rectangle(at(8, -2), part(5, 20), colour, SOLID);
        }
        Kind::Beard => on.half_ellipse(at(0, 4), part(9, 12), false, [60, 38, 24]),
        Kind::MakeUp => {
            on.ellipse(at(-6, 2), part(3, 2), [240, 90, 130], 170);
            on.ellipse(at(6, 2), part(3, 2), [240, 90, 130], 170);
            on.ellipse(at(0, 6), part(4, 2), [200, 0, 40], SOLID);
        }
        Kind::Clothes if is_alone => {
            let colour = [30, 90, 170];
            on.ellipse(at(0, 18), part(20, 12), colour, SOLID);
            on.rectangle(at(-20, 18), part(40, 20), colour, SOLID);
            on.rectangle(at(-2, 8), part(4, 30), [240, 240, 240], SOLID);
        }
        Kind::Glasses => {
            on.ellipse(at(-5, -1), part(4, 4), [10, 10, 14], SOLID);
            on.ellipse(at(5, -1), part(4, 4), [10, 10, 14], SOLID);
            on.rectangle(at(-12, -2), part(24, 1), [10, 10, 14], SOLID);
        }
        Kind::Hat => {
            on.rectangle(at(-8, -22), part(16, 13), [40, 120, 60], SOLID);
            on.rectangle(at(-14, -10), part(28, 3), [24, 80, 40], SOLID);
        }
        Kind::Winter => dots(on, [255, 255, 255]),
        Kind::Spring => dots(on, [255, 150, 200]),
        Kind::Autumn => dots(on, [180, 40, 10]),
        Kind::Summer => {
            on.ellipse(Point { x: width * 5 / 6, y: height / 7 }, part(7, 7), [255, 240, 60], SOLID)
        }
        Kind::Restoration => frame(on, [250, 250, 245]),
        Kind::Vintage => frame(on, [235, 220, 185]),
        Kind::Age => {
            for line in 0..12 {
                let y = height * (2 * line + 1) / 24;
                let thick = (height / 120).max(1);
                on.rectangle(Point { x: 0, y }, Point { x: width, y: thick }, [70, 70, 70], 150);
            }
        }
        _ => {}
    }
}

fn each(picture: &mut RgbImage, change: impl Fn(Colour) -> Colour) {
    for pixel in picture.pixels_mut() {
        pixel.0 = change(pixel.0);
    }
}

fn grey([red, green, blue]: Colour) -> u8 {
    ((u32::from(red) * 30 + u32::from(green) * 59 + u32::from(blue) * 11) / 100) as u8
}

fn mixed(one: Colour, other: Colour, part: u8) -> Colour {
    std::array::from_fn(|it| {
        let (over, under) = (u16::from(part), 255 - u16::from(part));
        ((u16::from(one[it]) * under + u16::from(other[it]) * over) / 255) as u8
    })
}

/// With more or less contrast around the middle, and brighter.
fn stretched(value: u8, up: i32, down: i32, more: i32) -> u8 {
    ((i32::from(value) - 128) * up / down + 128 + more).clamp(0, 255) as u8
}

fn tint(picture: &mut RgbImage, colour: Colour, part: u8) {
    each(picture, |it| mixed(it, colour, part));
}

/// What is outside of a person in the middle becomes a sky over a meadow.
fn background(picture: &mut RgbImage) {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let across = (x as f32 / width - 0.5) / 0.26;
        let down = y as f32 / height;
        if !is_somebody(across, down) {
            let sky = mixed([60, 140, 235], [235, 245, 255], (down * 255.0) as u8);
            pixel.0 = if down < 0.7 { sky } else { [70, 150, 60] };
        }
    }
}

/// Where a person in the middle of a picture usually is.
pub(super) fn is_somebody(across: f32, down: f32) -> bool {
    let is_head = across * across + ((down - 0.38) / 0.26).powi(2) < 1.0;
    let is_body = 0.6 < down && across.abs() < 0.7 + down;
    is_head || is_body
}

/// How much the picture changes at a place, from 0 on.
fn edge(picture: &RgbImage, x: u32, y: u32) -> u8 {
    let at = |x: u32, y: u32| {
        let (x, y) = (x.min(picture.width() - 1), y.min(picture.height() - 1));
        i32::from(grey(picture.get_pixel(x, y).0))
    };
    let here = at(x, y);
    let change = (at(x + 1, y) - here).abs() + (at(x, y + 1) - here).abs();
    (change * 4).min(255) as u8
}

fn sketch(picture: &mut RgbImage) {
    let from = picture.clone();
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let shade = 255 - (255 - grey(from.get_pixel(x, y).0)) / 6;
        // Strokes of a pencil where it is dark.
        let is_stroke = (x + y) % 7 == 0 && grey(from.get_pixel(x, y).0) < 150;
        let ink = edge(&from, x, y).max(if is_stroke { 110 } else { 0 });
        *pixel = Rgb([shade.saturating_sub(ink); 3]);
    }
}

fn cartoon(picture: &mut RgbImage) {
    let from = picture.clone();
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let flat =
            from.get_pixel(x, y).0.map(|it| stretched((it / 80 * 80).saturating_add(40), 4, 3, 10));
        pixel.0 = if 90 < edge(&from, x, y) { [15, 10, 20] } else { flat };
    }
}

/// Into blocks, so many across; every second one a bit darker, as strokes are.
fn blocks(picture: &mut RgbImage, across: u32, change: impl Fn(Colour) -> Colour) {
    let (width, height) = picture.dimensions();
    let side = (width / across).max(2);
    let small = imageops::thumbnail(picture, (width / side).max(1), (height / side).max(1));
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let column = (x / side).min(small.width() - 1);
        let row = (y / side).min(small.height() - 1);
        let colour = change(small.get_pixel(column, row).0);
        let is_odd = (x / side + y / side) % 2 == 1;
        pixel.0 = if is_odd { colour.map(|it| (u16::from(it) * 4 / 5) as u8) } else { colour };
    }
}

fn watercolour(picture: &mut RgbImage) {
    let (width, height) = picture.dimensions();
    let small = imageops::thumbnail(picture, (width / 12).max(1), (height / 12).max(1));
    *picture = imageops::resize(&small, width, height, imageops::FilterType::Triangle);
    tint(picture, [255, 252, 240], 120);
}

fn vintage(picture: &mut RgbImage) {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let (across, down) = (x as f32 / width - 0.5, y as f32 / height - 0.5);
        let dark = ((across * across + down * down) * 380.0).min(190.0) as u8;
        let sepia = mixed([50, 26, 8], [255, 228, 180], grey(pixel.0));
        pixel.0 = mixed(sepia, [20, 10, 5], dark);
    }
}

/// Gold from the left, night from the right.
fn light(picture: &mut RgbImage) {
    let width = picture.width().max(1);
    for (x, _, pixel) in picture.enumerate_pixels_mut() {
        let part = (x * 255 / width) as u8;
        let colour = mixed([255, 190, 60], [16, 18, 60], part);
        pixel.0 = mixed(pixel.0, colour, 130);
    }
}

fn dots(on: &mut Canvas, colour: Colour) {
    let (width, height) = (on.width(), on.height());
    let size = (width / 90).max(1);
    for number in 0..160_i32 {
        let x = (number * 7919 % 1009) * width / 1009;
        let y = (number * 104_729 % 997) * height / 997;
        on.ellipse(Point { x, y }, Point { x: size, y: size }, colour, SOLID);
    }
}

fn frame(on: &mut Canvas, colour: Colour) {
    let (width, height) = (on.width(), on.height());
    let thick = (width.min(height) / 24).max(1);
    for (at, size) in [
        (Point { x: 0, y: 0 }, Point { x: width, y: thick }),
        (Point { x: 0, y: height - thick }, Point { x: width, y: thick }),
        (Point { x: 0, y: 0 }, Point { x: thick, y: height }),
        (Point { x: width - thick, y: 0 }, Point { x: thick, y: height }),
    ] {
        on.rectangle(at, size, colour, SOLID);
    }
}
