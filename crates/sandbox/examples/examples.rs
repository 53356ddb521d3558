//! Draws what each preset shows before anything of its own has been made: a drawn portrait, and
//! beside it what the sandbox makes of it with the preset's prompt. The same each time.
//! `cargo run -p sandbox --example examples -- catalog`

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{ExtendedColorType, ImageEncoder, RgbImage, imageops};
use sandbox::drawing::edits::edit;
use sandbox::drawing::{Avatar, Scene, draw, likeness};
use serde::Deserialize;

/// Each half is drawn so wide and so high.
const SIDE: u32 = 320;
/// A portrait is drawn higher: what is above it and below it is cut off.
const DRAWN_HEIGHT: u32 = 440;
/// Edits look for a face at two fifths of the height, and from here on it is there.
const TOP: u32 = 83;
/// The strip below a drawing with one line in it.
const STRIP_HEIGHT: u32 = 33;
/// What stands in that strip: nobody shall take it for a promise.
const SAYS: &str = "Example, drawn by a program";
/// Where the second photo of two lies on the first: its side, and how far from the corner.
const INSET: (u32, i64) = (96, 8);
/// With this one a face looks at us from the middle.
const SEED: u64 = 7;
/// The whole, made smaller in the end: the program carries them all, and the letters can be read.
const WIDTH: u32 = 512;
const QUALITY: u8 = 45;

/// What is read of a preset; the server reads all of it.
#[derive(Deserialize)]
struct Preset {
    name: String,
    photos: u32,
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    prompt: String,
}

/// What somebody might write where words are wanted.
const WORDS: [(&str, &str); 5] = [
    ("bg-own", "an old library"),
    ("hair-colour", "dark chestnut"),
    ("own-words", "put a green hat on them"),
    ("own-words-two", "dress them in the jacket of image 2"),
    ("remove-object", "the bin on the left"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).map(PathBuf::from).ok_or("name the folder `catalog`")?;
    let examples = folder.join("examples");
    std::fs::create_dir_all(&examples)?;
    let (sitter, other) = (drawn("guest"), drawn("person"));
    let mut total = 0;
    for (name, preset) in presets(&folder.join("presets"))? {
        let file = jpeg(&example(&preset, &sitter, &other))?;
        total += file.len();
        std::fs::write(examples.join(format!("{name}.jpg")), &file)?;
        println!("{name}: {} bytes", file.len());
    }
    println!("{total} bytes in all");
    Ok(())
}

/// By name, so that they come in one order.
fn presets(folder: &Path) -> Result<BTreeMap<String, Preset>, Box<dyn Error>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let preset: Preset = toml::from_str(&std::fs::read_to_string(entry?.path())?)?;
        all.insert(preset.name.clone(), preset);
    }
    Ok(all)
}

/// Somebody who follows from a name.
fn drawn(name: &str) -> RgbImage {
    draw(&Scene {
        prompt: SAYS,
        seed: SEED,
        model: "",
        avatars: &[Avatar { name: "sandbox".to_owned(), likeness: likeness(name.as_bytes()) }],
        notes: "",
        width: SIDE,
        height: DRAWN_HEIGHT,
        source: None,
    })
}

/// The photo (with the second one on it, where there is one), and what comes of it.
fn example(preset: &Preset, sitter: &RgbImage, other: &RgbImage) -> RgbImage {
    let photo = |it| imageops::crop_imm(it, 0, TOP, SIDE, SIDE).to_image();
    let (before, second) = (photo(sitter), photo(other));
    let others = if preset.photos == 2 { vec![&second] } else { Vec::new() };
    let prompt = preset.versions.last().map_or("", |it| it.prompt.as_str());
    let after = edit(&before, &others, &told(&preset.name, prompt), SEED);
    let says = DRAWN_HEIGHT - STRIP_HEIGHT;
    let says = imageops::crop_imm(sitter, 0, says, SIDE, STRIP_HEIGHT).to_image();
    let mut both = RgbImage::new(SIDE * 2, SIDE);
    imageops::replace(&mut both, &before, 0, 0);
    imageops::replace(&mut both, &says, 0, i64::from(SIDE - STRIP_HEIGHT));
    for other in others {
        let (side, at) = INSET;
        imageops::replace(&mut both, &imageops::thumbnail(other, side, side), at, at);
    }
    imageops::replace(&mut both, &after, i64::from(SIDE), 0);
    imageops::resize(&both, WIDTH, WIDTH / 2, FilterType::CatmullRom)
}

/// The prompt with words in it. A sentence whose words may be left out is left out.
fn told(name: &str, prompt: &str) -> String {
    let words = WORDS.iter().find(|it| it.0 == name).map(|it| it.1);
    let sentences = prompt.split_inclusive(". ");
    let kept = sentences.filter(|it| words.is_some() || !it.contains("{words}"));
    kept.collect::<String>().replace("{words}", words.unwrap_or_default())
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut file = Vec::new();
    let (width, height) = picture.dimensions();
    JpegEncoder::new_with_quality(&mut file, QUALITY).write_image(
        picture.as_raw(),
        width,
        height,
        ExtendedColorType::Rgb8,
    )?;
    Ok(file)
}
