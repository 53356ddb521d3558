//! Draws the cast of the catalog, and lets the voices speak that it lists. The same each time.
//! `cargo run -p sandbox --example characters -- catalog/characters`
//! `cargo run -p sandbox --example characters -- voices catalog/voices`

use std::error::Error;
use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, RgbImage};
use sandbox::drawing::characters::{CAST, Ground, draw};
use sandbox::elevenlabs::sound;
use sandbox::elevenlabs::voices::VOICES;

const QUALITY: u8 = 78;
/// No file is larger: the program carries them all.
const PICTURE_BYTES_MAX: usize = 60_000;
const SOUND_BYTES_MAX: usize = 20_000;
/// The first of the voices are those that the catalog lists.
const LISTED: usize = 12;

/// What each says, by language: to her customers, or to his.
const GREETINGS: [(&str, &str); 3] = [
    ("ru", "Здравствуйте! Рассказать о вашем товаре?"),
    ("en", "Hello! Shall I tell people about your shop?"),
    ("kk", "Сәлеметсіз бе! Тауар туралы айтайын ба?"),
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["voices", folder] => speak(Path::new(folder)).await,
        [folder] => paint(Path::new(folder)),
        _ => Err("name a folder, or `voices` and a folder".into()),
    }
}

fn paint(folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    for person in &CAST {
        let card = jpeg(&draw(person, Ground::Card))?;
        let green = png(&draw(person, Ground::Green))?;
        keep(folder.join(format!("{}.jpg", person.name)), &card, PICTURE_BYTES_MAX)?;
        keep(folder.join(format!("{}-green.png", person.name)), &green, PICTURE_BYTES_MAX)?;
    }
    Ok(())
}

async fn speak(folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    for voice in VOICES.iter().take(LISTED) {
        for (language, text) in GREETINGS {
            let sample = sound::sample(voice, language, text).await;
            let sample = sample.ok_or("espeak-ng and ffmpeg are needed")?;
            let name = format!("{}-{language}.mp3", voice.name.to_lowercase());
            keep(folder.join(name), &sample, SOUND_BYTES_MAX)?;
        }
    }
    Ok(())
}

fn keep(path: PathBuf, bytes: &[u8], most: usize) -> Result<(), Box<dyn Error>> {
    if most < bytes.len() {
        return Err(format!("{} has {} bytes", path.display(), bytes.len()).into());
    }
    std::fs::write(&path, bytes)?;
    println!("{}: {} bytes", path.display(), bytes.len());
    Ok(())
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

fn png(picture: &RgbImage) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut file = Vec::new();
    let (width, height) = picture.dimensions();
    PngEncoder::new_with_quality(&mut file, CompressionType::Best, FilterType::NoFilter)
        .write_image(picture.as_raw(), width, height, ExtendedColorType::Rgb8)?;
    Ok(file)
}
