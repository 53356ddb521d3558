//! Edits of a photo that can be told apart at a glance: what is done follows from the first word
//! of the prompt that says something, and what was asked for stands in a strip at the bottom.

use super::canvas::{Canvas, Colour, Point, SOLID};
use super::{INK, Text, across, scale_of, screens, strokes, wrapped};
use image::{RgbImage, imageops};
use sha2::{Digest, Sha256};

/// A strip has this many lines of the prompt at most.
const LINES_MAX: usize = 2;

/// What can be done to a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Hair,
    Beard,
    MakeUp,
    Clothes,
    Glasses,
    Hat,
    Background,
    Winter,
    Spring,
    Summer,
    Autumn,
    Restoration,
    Colours,
    Sketch,
    Cartoon,
    Oil,
    Watercolour,
    Blocks,
    Vintage,
    Age,
    Light,
    Neon,
    /// What is behind becomes the flat green of a screen.
    Green,
    /// Nothing of it is known: a tint of its own for each prompt.
    Other,
}

/// By which words each is known; longer ones also as beginnings. The first is its name.
pub const KINDS: [(Kind, &[&str]); 23] = [
    (Kind::Green, &["greenscreen", "00ff00", "chromakey"]),
    (Kind::Hair, &["hair", "bald", "blond", "brunette", "bangs", "ponytail"]),
    (Kind::Beard, &["beard", "moustache", "mustache", "stubble", "shave"]),
    (Kind::MakeUp, &["makeup", "lipstick", "eyeliner", "eyeshadow", "blush"]),
    (Kind::Clothes, &["clothes", "clothing", "outfit", "dress", "suit", "garment", "jacket"]),
    (Kind::Glasses, &["glasses", "sunglasses", "eyewear", "spectacles"]),
    (Kind::Hat, &["hat", "cap", "crown", "helmet", "headwear"]),
    (Kind::Background, &["background", "backdrop", "beach", "studio", "office"]),
    (Kind::Winter, &["winter", "snow", "christmas"]),
    (Kind::Spring, &["spring", "blossom"]),
    (Kind::Summer, &["summer", "sunny"]),
    (Kind::Autumn, &["autumn", "fall", "foliage"]),
    (Kind::Restoration, &["restoration", "restor", "scratch", "repair", "damage", "enhance"]),
    (Kind::Colours, &["colorize", "coloris", "coloriz", "colouris", "colouriz"]),
    (Kind::Sketch, &["sketch", "pencil", "charcoal", "lineart"]),
    (Kind::Cartoon, &["cartoon", "anime", "comic", "manga", "caricature", "ghibli"]),
    (Kind::Oil, &["oil", "impressionis", "painting", "renaissance"]),
    (Kind::Watercolour, &["watercolour", "watercolor", "aquarelle"]),
    (Kind::Blocks, &["pixel", "lego", "voxel", "mosaic"]),
    (Kind::Vintage, &["vintage", "sepia", "retro", "polaroid", "daguerreotype"]),
    (Kind::Age, &["older", "elderly", "wrinkle", "aged"]),
    (Kind::Light, &["light", "sunset", "sunrise", "golden"]),
    (Kind::Neon, &["neon", "cyberpunk", "synthwave"]),
];

/// Whole phrases that ask for a green screen.
const GREENS: [&str; 7] = [
    "00ff00",
    "green background",
    "green backdrop",
    "green ground",
    "green screen",
    "green-screen",
    "chroma key",
];

/// Letters from which on a word is known by its beginning.
const STEM_LETTERS: usize = 4;

/// What a prompt asks for.
pub fn kind_of(prompt: &str) -> Kind {
    let prompt = prompt.to_lowercase().replace("make-up", "makeup").replace("make up", "makeup");
    // Whoever asks for a screen wants nothing else, whatever is to stay as it is.
    if GREENS.iter().any(|it| prompt.contains(it)) {
        return Kind::Green;
    }
    let is_known = |word: &str, stem: &str| {
        word == stem
            || word.strip_suffix('s') == Some(stem)
            || (STEM_LETTERS <= stem.len() && word.starts_with(stem))
    };
    prompt
        .split(|it: char| !it.is_alphanumeric())
        .find_map(|word| {
            KINDS.iter().find(|it| it.1.iter().any(|stem| is_known(word, stem))).map(|it| it.0)
        })
        .unwrap_or(Kind::Other)
}

/// The photo, edited. `others` are further photos that the prompt speaks of; they are laid in.
pub fn edit(photo: &RgbImage, others: &[&RgbImage], prompt: &str, seed: u64) -> RgbImage {
    let kind = kind_of(prompt);
    if kind == Kind::Green {
        // Without words on it: they would be left standing when the green goes.
        return screens::before_green(photo);
    }
    let mut picture = photo.clone();
    strokes::over_all(&mut picture, kind, prompt);
    patches(&mut picture, kind, others);
    let mut on = Canvas::over(picture);
    strokes::shapes(&mut on, kind, others.is_empty());
    caption(&mut on, prompt, seed);
    on.into_image()
}

/// A tint of a prompt of which nothing is known.
pub(super) fn tint_of(prompt: &str) -> Colour {
    let sum = Sha256::digest(prompt.as_bytes());
    [sum[0] | 64, sum[1] & 127, sum[2] | 32]
}

/// Where something is worn, it comes there; else into the corner, so that it is seen to be used.
fn patches(picture: &mut RgbImage, kind: Kind, others: &[&RgbImage]) {
    let (width, height) = picture.dimensions();
    for (other, number) in others.iter().zip(0_u32..) {
        let part = if kind == Kind::Clothes { 2 } else { 3 };
        let (wide, high) = ((width / part).max(1), (height / part).max(1));
        if other.is_empty() {
            continue;
        }
        let patch = imageops::thumbnail(*other, wide, high);
        let (x, y) = if kind == Kind::Clothes {
            (width / 4, height * 9 / 20)
        } else {
            (width - wide, height / 20 + number * high)
        };
        imageops::replace(picture, &patch, i64::from(x), i64::from(y));
    }
}

/// A short form of the prompt, and the seed.
fn caption(on: &mut Canvas, prompt: &str, seed: u64) {
    let scale = scale_of(on.width());
    let across = across(on.width(), scale);
    let prompt = if prompt.trim().is_empty() { "(no words)" } else { prompt };
    let mut lines = wrapped(prompt, across, INK);
    lines.truncate(LINES_MAX);
    lines.extend(wrapped(&format!("seed {seed}"), across, [190, 214, 236]));
    let mut text = Text { scale, lines };
    while on.height() / 3 < text.height() && !text.lines.is_empty() {
        text.lines.remove(0);
    }
    if text.lines.is_empty() {
        // Too small for letters; a bar of the seed's own colour is enough.
        let size = Point { x: on.width(), y: (on.height() / 8).max(1) };
        let sum = Sha256::digest(seed.to_le_bytes());
        on.rectangle(
            Point { x: 0, y: on.height() - size.y },
            size,
            [sum[0], sum[1], sum[2]],
            SOLID,
        );
        return;
    }
    let top = on.height() - text.height();
    text.write(on, top);
}
