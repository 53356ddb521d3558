//! Pictures that say what they are: the prompt, the seed, the model and the avatar can be read from
//! them, and mood and composition follow from those. The same scene is the same bytes.

use image::RgbImage;
use sha2::{Digest, Sha256};

mod canvas;
pub mod characters;
pub mod edits;
mod encode;
mod face;
mod ground;
mod letters;
pub mod mouth;
mod portrait;
mod screens;
mod strokes;

pub use encode::{Format, encode, encode_with_text};

use canvas::{Canvas, Colour, Point};
use face::Pose;
use ground::Dice;

/// No side is longer than this.
pub const SIDE_MAX: u32 = 4096;
const FACES_MAX: usize = 3;
const INK: Colour = [255, 255, 255];
const FAINT: Colour = [190, 214, 236];
const PANEL: Colour = [12, 14, 20];
const PANEL_COVER: u8 = 176;

/// What is to be drawn.
pub struct Scene<'a> {
    pub prompt: &'a str,
    pub seed: u64,
    /// The endpoint or the version that makes it.
    pub model: &'a str,
    pub avatars: &'a [Avatar],
    /// What else is to be read from it: `image 2 of 4`.
    pub notes: &'a str,
    pub width: u32,
    pub height: u32,
    pub source: Option<Source>,
}

/// Somebody to be recognised.
#[derive(Clone, Debug)]
pub struct Avatar {
    /// The trigger word.
    pub name: String,
    pub likeness: [u8; 32],
}

/// A picture that is to be made into another.
pub struct Source {
    pub picture: RgbImage,
    /// From 0, where it stays as it is, to 1.
    pub strength: f32,
}

/// What a face follows from, of an avatar with these weights.
pub fn likeness(weights: &[u8]) -> [u8; 32] {
    Sha256::digest(weights).into()
}

/// The same as the drawing says, in one line.
pub fn facts(scene: &Scene) -> String {
    let names: Vec<&str> = scene.avatars.iter().map(|it| it.name.as_str()).collect();
    format!(
        "model={} seed={} avatar={} size={}x{} {} prompt={}",
        scene.model,
        scene.seed,
        names.join("+"),
        scene.width,
        scene.height,
        scene.notes,
        scene.prompt
    )
}

/// The black picture that stands for one that may not be shown.
pub fn black(width: u32, height: u32) -> RgbImage {
    RgbImage::new(width.clamp(1, SIDE_MAX), height.clamp(1, SIDE_MAX))
}

pub fn draw(scene: &Scene) -> RgbImage {
    let mut on = Canvas::new(scene.width.min(SIDE_MAX), scene.height.min(SIDE_MAX));
    let mut dice = Dice::new(scene.seed);
    ground::draw(&mut on, &style_of(scene), &mut dice);
    let head = Text::head(scene, on.width());
    let foot = Text::foot(scene, &on);
    let places = faces(&mut on, scene, head.height(), foot.height(), &mut dice);
    if let Some(source) = &scene.source {
        // Even the strongest change lets the source be seen.
        let cover = 255.0 * (1.0 - 0.75 * source.strength.clamp(0.0, 1.0));
        on.lay(&source.picture, cover as u8);
    }
    head.write(&mut on, 0);
    let bottom = on.height() - foot.height();
    foot.write(&mut on, bottom);
    for (avatar, below) in scene.avatars.iter().zip(places) {
        name(&mut on, &avatar.name, below, bottom);
    }
    on.into_image()
}

/// The words of the prompt in small letters, without the names of those who are in it.
fn style_of(scene: &Scene) -> String {
    let plain = |it: &str| it.trim_matches(|it: char| it.is_ascii_punctuation()).to_lowercase();
    let names: Vec<String> = scene.avatars.iter().map(|it| plain(&it.name)).collect();
    let words = scene.prompt.split_whitespace().map(plain);
    words.filter(|it| !it.is_empty() && !names.contains(it)).collect::<Vec<_>>().join(" ")
}

/// Draws the faces beside each other, and says where their names go.
fn faces(on: &mut Canvas, scene: &Scene, top: i32, bottom: i32, dice: &mut Dice) -> Vec<Point> {
    let count = scene.avatars.len().min(FACES_MAX);
    let room = on.height() - top - bottom;
    let share = on.width() / i32::try_from(count.max(1)).unwrap_or(1);
    let mut places = Vec::new();
    for (avatar, left) in scene.avatars.iter().take(count).zip((0..).map(|it| it * share)) {
        // A face with hair and shoulders is some three of its half heights high, and two wide.
        let size = (room * 29 / 100).min(share * 40 / 100) * dice.between(72, 100) / 100;
        let spare = (share / 2 - size).max(0);
        let middle = Point {
            x: left + share / 2 + spare * dice.between(-80, 80) / 100,
            y: top + room - size * 2 + size * dice.between(0, 20) / 100,
        };
        let pose = Pose { middle, size, turn: dice.between(-14, 14) };
        face::draw(on, &avatar.likeness, &pose);
        places.push(Point { x: middle.x, y: middle.y + size * 12 / 10 });
    }
    places
}

/// A name on a label, over the shoulders.
fn name(on: &mut Canvas, name: &str, below: Point, bottom: i32) {
    let scale = scale_of(on.width());
    let letters = i32::try_from(name.chars().count()).unwrap_or(i32::MAX);
    let size = Point {
        x: letters.saturating_add(2).saturating_mul(letters::WIDTH * scale).min(on.width()),
        y: (letters::HEIGHT + 4) * scale,
    };
    let at = Point { x: below.x - size.x / 2, y: below.y.min(bottom - size.y) };
    on.rectangle(at, size, [255, 210, 74], 255);
    let text = Point { x: at.x + letters::WIDTH * scale, y: at.y + 2 * scale };
    on.text(text, scale, PANEL, name);
}

fn scale_of(width: i32) -> i32 {
    (width / 360).max(1)
}

/// Lines on a dark panel.
struct Text {
    scale: i32,
    lines: Vec<(String, Colour)>,
}

impl Text {
    fn head(scene: &Scene, width: i32) -> Text {
        let scale = scale_of(width);
        let across = across(width, scale);
        let mut lines = wrapped(scene.model, across, FAINT);
        lines.extend(wrapped(&format!("seed {}", scene.seed), across, INK));
        if !scene.notes.is_empty() {
            lines.extend(wrapped(scene.notes, across, FAINT));
        }
        Text { scale, lines }
    }

    /// The prompt as large as it can be in two fifths of the picture; cut if need be.
    fn foot(scene: &Scene, on: &Canvas) -> Text {
        let room = on.height() * 2 / 5;
        let mut scale = scale_of(on.width());
        loop {
            let lines = wrapped(scene.prompt, across(on.width(), scale), INK);
            let mut text = Text { scale, lines };
            if text.height() <= room {
                return text;
            }
            if scale == 1 {
                let fitting = (room / text.line_height() - 1).max(1);
                text.lines.truncate(usize::try_from(fitting).unwrap_or(1));
                return text;
            }
            scale -= 1;
        }
    }

    fn line_height(&self) -> i32 {
        (letters::HEIGHT + 2) * self.scale
    }

    fn height(&self) -> i32 {
        let lines = i32::try_from(self.lines.len()).unwrap_or(i32::MAX);
        lines.saturating_mul(self.line_height()) + self.line_height() / 2
    }

    fn write(&self, on: &mut Canvas, top: i32) {
        let size = Point { x: on.width(), y: self.height() };
        on.rectangle(Point { x: 0, y: top }, size, PANEL, PANEL_COVER);
        let left = letters::WIDTH * self.scale / 2;
        for ((line, colour), row) in self.lines.iter().zip(0..) {
            let y = top + self.line_height() / 4 + row * self.line_height();
            on.text(Point { x: left, y }, self.scale, *colour, line);
        }
    }
}

/// How many letters stand in a line.
fn across(width: i32, scale: i32) -> usize {
    usize::try_from(width / (letters::WIDTH * scale) - 1).unwrap_or(1).max(1)
}

fn wrapped(text: &str, across: usize, colour: Colour) -> Vec<(String, Colour)> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut letters: Vec<char> = word.chars().collect();
        let taken = line.chars().count();
        if 0 < taken && across < taken + 1 + letters.len() {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        while across < letters.len() {
            let rest = letters.split_off(across);
            lines.push(letters.iter().collect());
            letters = rest;
        }
        line.extend(letters);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines.into_iter().map(|it| (it, colour)).collect()
}
