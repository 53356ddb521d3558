//! What lies behind: a sky, a sun and hills whose colours and pattern follow from the words of the
//! prompt, and whose places follow from the seed.

use sha2::{Digest, Sha256};

use super::canvas::{Canvas, Colour, Point, SOLID};

/// A palette for a mood: the sky above and below, what shines in it, and the hills.
#[derive(Clone, Copy)]
struct Mood {
    above: Colour,
    below: Colour,
    shine: Colour,
    hills: Colour,
}

const fn mood(above: Colour, below: Colour, shine: Colour, hills: Colour) -> Mood {
    Mood { above, below, shine, hills }
}

/// Words whose mood everybody would expect, by how they begin; the first that is found counts.
static MOODS: [(&[&str], Mood); 10] = [
    (
        &["cyberpunk", "neon", "неон", "киберпанк"],
        mood([26, 8, 56], [150, 20, 140], [0, 240, 255], [18, 12, 40]),
    ),
    (
        &["noir", "monochrome", "black-and-white", "нуар", "чёрно-бел"],
        mood([30, 30, 32], [150, 150, 152], [226, 226, 228], [52, 52, 54]),
    ),
    (
        &["night", "dark", "starr", "ночь", "ночн", "түн"],
        mood([8, 12, 38], [36, 44, 92], [240, 240, 214], [12, 18, 34]),
    ),
    (
        &["sunset", "sunrise", "golden", "закат", "рассвет"],
        mood([96, 46, 110], [250, 150, 70], [255, 226, 120], [84, 40, 52]),
    ),
    (
        &["winter", "snow", "ice", "зим", "снег", "снеж", "қыс", "қар"],
        mood([150, 190, 224], [228, 240, 250], [255, 255, 255], [196, 212, 228]),
    ),
    (
        &["sea", "ocean", "beach", "море", "пляж", "теңіз"],
        mood([70, 166, 230], [186, 232, 248], [255, 240, 140], [226, 200, 142]),
    ),
    (
        &["forest", "jungle", "garden", "park", "лес", "сад", "орман"],
        mood([120, 190, 170], [214, 240, 206], [250, 250, 170], [36, 96, 54]),
    ),
    (
        &["city", "street", "urban", "город", "улиц", "қала"],
        mood([110, 130, 156], [206, 212, 220], [255, 214, 140], [70, 76, 88]),
    ),
    (
        &["studio", "business", "office", "студи", "делов", "офис"],
        mood([120, 126, 134], [214, 218, 224], [250, 250, 252], [92, 98, 108]),
    ),
    (
        &["fantasy", "magic", "fairy", "фэнтези", "волшеб", "сказ"],
        mood([70, 40, 130], [220, 130, 200], [255, 220, 250], [50, 66, 110]),
    ),
];

impl Mood {
    fn of(words: &str, drawn: &[u8]) -> Mood {
        let is_said = |stem: &&str| words.split_whitespace().any(|it| it.starts_with(*stem));
        let known = MOODS.iter().find(|it| it.0.iter().any(is_said));
        if let Some((_, mood)) = known {
            return *mood;
        }
        let hue = u16::from(drawn[0]) * 6;
        let other = hue + 256 + u16::from(drawn[1]) * 2;
        Mood {
            above: tint(hue, 90, 60),
            below: tint(hue + 90, 60, 170),
            shine: tint(other, 70, 180),
            hills: tint(other + 500, 90, 40),
        }
    }
}

/// A colour of the wheel, of which there are 1536: `range` wide, from `least` on.
fn tint(hue: u16, range: u16, least: u16) -> Colour {
    let hue = hue % 1536;
    let (sector, rise) = (hue / 256, hue % 256);
    let wheel = match sector {
        0 => [255, rise, 0],
        1 => [255 - rise, 255, 0],
        2 => [0, 255, rise],
        3 => [0, 255 - rise, 255],
        4 => [rise, 0, 255],
        _ => [255, 0, 255 - rise],
    };
    wheel.map(|it| (least + it * range / 255).min(255) as u8)
}

/// Numbers that follow from a seed, after each other (SplitMix64).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// From `least` up to `most`, both of them possible.
    pub(super) fn between(&mut self, least: i32, most: i32) -> i32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let count = i64::from(most.max(least)) - i64::from(least) + 1;
        // Both fit: the remainder is smaller than a count of numbers of 32 bits.
        least + (mixed % count.unsigned_abs()) as i32
    }
}

/// `words` are those of the prompt, in small letters.
pub(super) fn draw(on: &mut Canvas, words: &str, dice: &mut Dice) {
    let drawn = Sha256::digest(words.as_bytes());
    let mood = Mood::of(words, &drawn);
    let (width, height) = (on.width(), on.height());
    for y in 0..height {
        let mix = |above: u8, below: u8| {
            let [above, below] = [above, below].map(i32::from);
            (above + (below - above) * y / height) as u8
        };
        let colour = std::array::from_fn(|it| mix(mood.above[it], mood.below[it]));
        on.span(y, 0, width, colour, SOLID);
    }
    pattern(on, drawn[2], mood.shine, dice);
    let size = width.min(height) * dice.between(8, 16) / 100;
    let sun =
        Point { x: width * dice.between(8, 92) / 100, y: height * dice.between(14, 40) / 100 };
    on.ellipse(sun, Point { x: size * 5 / 4, y: size * 5 / 4 }, mood.shine, 70);
    on.ellipse(sun, Point { x: size, y: size }, mood.shine, SOLID);
    hills(on, mood.hills, dice);
}

/// One of five patterns, large and faint.
fn pattern(on: &mut Canvas, kind: u8, colour: Colour, dice: &mut Dice) {
    const COVER: u8 = 46;
    let (width, height) = (on.width(), on.height());
    let step = (width.min(height) * dice.between(7, 12) / 100).max(4);
    let shift = dice.between(0, step);
    match kind % 5 {
        0 => {
            for y in (shift - step..height + step).step_by(step as usize) {
                for x in (shift - step..width + step).step_by(step as usize) {
                    let x = x + if (y / step) % 2 == 0 { step / 2 } else { 0 };
                    on.ellipse(Point { x, y }, Point { x: step / 4, y: step / 4 }, colour, COVER);
                }
            }
        }
        1 => {
            for y in 0..height {
                let from = (y + shift) % (step * 2) - step * 2;
                for x in (from..width).step_by(step as usize * 2) {
                    on.span(y, x, x + step, colour, COVER);
                }
            }
        }
        2 => {
            for y in 0..height {
                let from = if ((y + shift) / step) % 2 == 0 { 0 } else { step };
                for x in (from - shift..width).step_by(step as usize * 2) {
                    on.span(y, x, x + step, colour, COVER);
                }
            }
        }
        3 => {
            for y in 0..height {
                let wave = ((y + shift) % (step * 2) - step).abs();
                for x in (wave - step..width).step_by(step as usize * 2) {
                    on.span(y, x, x + step / 2, colour, COVER);
                }
            }
        }
        _ => {
            let middle = Point { x: dice.between(0, width), y: dice.between(0, height / 2) };
            for ring in 1..9 {
                let size = step * ring;
                on.ellipse(middle, Point { x: size, y: size }, colour, COVER / 2);
            }
        }
    }
}

fn hills(on: &mut Canvas, colour: Colour, dice: &mut Dice) {
    let (width, height) = (on.width(), on.height());
    for (layer, cover) in [(0, 120), (1, 180), (2, SOLID)] {
        let darker = colour.map(|it| (u16::from(it) * (10 - 2 * layer) / 10) as u8);
        for _ in 0..3 {
            let middle =
                Point { x: dice.between(0, width), y: height * dice.between(98, 106) / 100 };
            let size = Point {
                x: width * dice.between(22, 50) / 100,
                y: height * (dice.between(22, 48) - 8 * i32::from(layer)) / 100,
            };
            on.ellipse(middle, size, darker, cover);
        }
    }
}
