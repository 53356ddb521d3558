//! A page of the gallery, to be looked at: `cargo run -p media --example collage FILE.jpg [COLUMNS]`.
//! The shared portraits in several shapes, one file that is broken and one that is missing.

use image::{DynamicImage, imageops::FilterType};
use media::artifact::{Limits, take_in};
use media::collage::{Tile, draw};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let to = arguments.next().expect("where the page goes");
    let columns = arguments.next().map_or(3, |it| it.parse().expect("a number"));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/photos");
    let shapes =
        [(800, 800), (600, 800), (800, 600), (450, 800), (800, 450), (900, 300), (640, 640)];
    let mut thumbnails: Vec<_> = (1..)
        .zip(shapes)
        .map(|(at, (width, height))| {
            let photo = image::open(format!("{folder}/portrait-{at}.jpg")).expect("a portrait");
            let photo = photo.resize_to_fill(width, height, FilterType::Triangle).into_rgb8();
            let mut bytes = std::io::Cursor::new(Vec::new());
            let photo = DynamicImage::from(photo);
            photo.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("a JPEG");
            Some(take_in(bytes.get_ref(), &Limits::default()).expect("a picture").thumbnail)
        })
        .collect();
    thumbnails.extend([Some(b"\xFF\xD8\xFF broken".to_vec()), None]);
    let tiles: Vec<_> = (1..)
        .zip(&thumbnails)
        .map(|(number, it)| Tile {
            thumbnail: it.as_deref(),
            number,
            is_favourite: number % 3 == 1,
        })
        .collect();
    std::fs::write(&to, draw(&tiles, columns)).expect("a page");
}
