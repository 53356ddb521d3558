//! What can be measured of a picture without understanding it: its size, how bright it is, and the
//! names of its main colours.

use std::io::{Cursor, Read};

use image::{Limits, RgbImage};

use super::gather::Fetched;
use super::refusals::Complaint;
use super::storage::Stored;

/// No larger picture is read, nor one with longer sides.
const FILE_BYTES_MAX: u64 = 64 << 20;
const SIDE_PIXELS_MAX: u32 = 12_000;
/// So many places are looked at along each side.
const LOOKS: u32 = 48;

/// The picture in a file that was fetched. Blocks.
pub(super) fn open(file: &Fetched) -> Result<RgbImage, Complaint> {
    let bytes = read(file)?;
    let mut reader = image::ImageReader::new(Cursor::new(&bytes));
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_PIXELS_MAX);
    limits.max_image_height = Some(SIDE_PIXELS_MAX);
    reader.limits(limits);
    let read = reader.with_guessed_format().ok().and_then(|it| it.decode().ok());
    let text = "Failed to load the image";
    read.map(|it| it.into_rgb8())
        .ok_or_else(|| Complaint::at(&file.link.at, "image_load_error", text))
}

/// All bytes of it. Blocks.
pub(super) fn read(file: &Fetched) -> Result<Vec<u8>, Complaint> {
    match file.stored()? {
        Stored::Memory(bytes) => Ok(bytes.to_vec()),
        Stored::File { path, .. } => {
            let mut bytes = Vec::new();
            std::fs::File::open(path)
                .and_then(|it| it.take(FILE_BYTES_MAX).read_to_end(&mut bytes))
                .map_err(|_| file.not_downloaded())?;
            Ok(bytes)
        }
    }
}

/// What it looks like.
pub(super) struct Seen {
    pub(super) width: u32,
    pub(super) height: u32,
    /// From 0 to 255.
    pub(super) light: u32,
    /// The commonest first, three at most.
    pub(super) colours: Vec<&'static str>,
}

pub(super) fn look(picture: &RgbImage) -> Seen {
    let (width, height) = picture.dimensions();
    let mut counts: Vec<(u32, &'static str)> = Vec::new();
    let mut light = 0;
    for y in 0..LOOKS {
        for x in 0..LOOKS {
            let [red, green, blue] = picture.get_pixel(x * width / LOOKS, y * height / LOOKS).0;
            light += (u32::from(red) * 3 + u32::from(green) * 6 + u32::from(blue)) / 10;
            let name = name_of(red, green, blue);
            match counts.iter_mut().find(|it| it.1 == name) {
                Some(it) => it.0 += 1,
                None => counts.push((1, name)),
            }
        }
    }
    counts.sort_unstable_by(|one, other| other.cmp(one));
    // What covers less than a twentieth isn't named.
    counts.retain(|it| LOOKS * LOOKS / 20 <= it.0);
    let colours = counts.iter().take(3).map(|it| it.1).collect();
    Seen { width, height, light: light / (LOOKS * LOOKS), colours }
}

fn name_of(red: u8, green: u8, blue: u8) -> &'static str {
    let [red, green, blue] = [red, green, blue].map(i32::from);
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let range = most - least;
    if range < 28 || range * 100 < most * 14 {
        return match most {
            0..50 => "black",
            50..200 => "grey",
            _ => "white",
        };
    }
    if most < 40 {
        return "black";
    }
    // Sixty for each sixth of the wheel.
    let hue = if most == red {
        (60 * (green - blue) / range + 360) % 360
    } else if most == green {
        60 * (blue - red) / range + 120
    } else {
        60 * (red - green) / range + 240
    };
    match hue {
        15..45 if most < 170 => "brown",
        15..45 => "orange",
        45..70 => "yellow",
        70..165 => "green",
        165..200 => "teal",
        200..255 => "blue",
        255..295 => "purple",
        295..340 => "pink",
        _ => "red",
    }
}

impl Seen {
    /// An English sentence about it.
    pub(super) fn sentence(&self) -> String {
        let shape = match self.width.cmp(&self.height) {
            std::cmp::Ordering::Less => "an upright",
            std::cmp::Ordering::Equal => "a square",
            std::cmp::Ordering::Greater => "a wide",
        };
        let light = match self.light {
            0..80 => "dark",
            80..170 => "evenly lit",
            _ => "bright",
        };
        format!(
            "The image is {shape}, {light} picture of {} by {} pixels, mostly in {}.",
            self.width,
            self.height,
            listed(&self.colours)
        )
    }
}

pub(super) fn listed(words: &[&str]) -> String {
    match words {
        [] => "many colours".to_owned(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
