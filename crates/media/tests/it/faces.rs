//! Which faces are found, and which are not: both are promises that texts rely on.

use image::imageops::{FilterType, overlay, resize};
use image::{DynamicImage, GenericImageView, Rgb, RgbImage};
use media::{Face, Limits, inspect};

use crate::samples::*;

fn faces(picture: &RgbImage) -> Vec<Face> {
    inspect(&jpeg(picture), &Limits::default()).unwrap().look.faces
}

/// A wall of this size with the portrait on it, whose face (99 of 512 pixels) gets this side.
fn on_a_wall((width, height): (u32, u32), places: &[(i64, i64, u32)]) -> RgbImage {
    let mut wall = RgbImage::from_fn(width, height, |x, y| {
        Rgb([150, 145, 140].map(|it: u8| it + ((x / 9 + y / 7) % 12) as u8))
    });
    for (x, y, face) in places {
        let side = face * 512 / 99;
        let person = resize(&portrait(), side, side, FilterType::CatmullRom);
        overlay(&mut wall, &person, *x, *y);
    }
    wall
}

#[test]
fn a_face_of_a_tenth_of_the_short_side_is_found() {
    for (width, height) in [(2000, 1500), (1500, 2000), (2400, 1350), (1600, 1600), (3000, 1200)] {
        let side = width.min(height) / 10;
        let found = faces(&on_a_wall((width, height), &[(300, 200, side)]));
        assert_eq!(found.len(), 1, "{width}x{height}: {found:?}");
        let face = &found[0];
        assert!(face.width.abs_diff(side) <= side / 4, "{width}x{height}: {face:?}, not {side}");
        let left = 300 + 173 * side / 99;
        assert!(face.left.abs_diff(left) <= side / 3, "{width}x{height}: {face:?}, not at {left}");
    }
}

#[test]
fn a_face_in_the_distance_is_not() {
    assert_eq!(faces(&on_a_wall((2000, 1500), &[(300, 200, 60)])), []);
}

#[test]
fn two_people_are_two_faces_with_the_larger_one_first() {
    let found = faces(&on_a_wall((1600, 1000), &[(20, 100, 120), (800, 60, 170)]));
    let sides: Vec<_> = found.iter().map(|it| it.width).collect();
    assert_eq!(sides.len(), 2, "{found:?}");
    assert!(sides[1] + 20 < sides[0], "{found:?}");
    assert!(found[1].left < 400 && 900 < found[0].left, "{found:?}");
}

#[test]
fn a_face_at_the_edge_ends_there() {
    let portrait = portrait();
    let cut = portrait.view(180, 60, 300, 300).to_image();
    for face in faces(&cut) {
        assert!(face.left + face.width <= 300 && face.top + face.height <= 300, "{face:?}");
    }
}

#[test]
fn a_tilted_head_is_found_and_a_picture_on_its_side_is_not() {
    let portrait = DynamicImage::from(portrait());
    assert_eq!(faces(&portrait.rotate90().into_rgb8()), []);
    assert_eq!(faces(&portrait.rotate180().into_rgb8()), []);
    assert_eq!(faces(&portrait.fliph().into_rgb8()).len(), 1);
}

#[test]
fn patterns_are_no_faces() {
    assert_eq!(faces(&shades(1200, 900)), []);
    assert_eq!(faces(&RgbImage::from_pixel(800, 800, Rgb([128; 3]))), []);
    let portrait = portrait();
    assert_eq!(faces(&portrait.view(290, 150, 220, 350).to_image()), [], "helmet and shuttle");
}

/// The engine that comes with the model finds the same faces in the same places.
#[test]
fn another_engine_agrees() {
    let model = include_bytes!(env!("MEDIA_FACE_MODEL"));
    let mut seen = 0;
    for name in ["portrait-1.jpg", "portrait-2.jpg", "portrait-4.jpg", "bad-two-faces.jpg"] {
        let bytes = photo(name);
        let ours = inspect(&bytes, &Limits::default()).unwrap().look.faces;
        let picture = image::load_from_memory(&bytes).unwrap().thumbnail(640, 640);
        let scale = f64::from(image::load_from_memory(&bytes).unwrap().width())
            / f64::from(picture.width());
        let grey = picture.into_luma8();
        let model = rustface::read_model(model.as_slice()).unwrap();
        let mut engine = rustface::create_detector_with_model(model);
        engine.set_score_thresh(3.0);
        let theirs = engine.detect(&rustface::ImageData::new(&grey, grey.width(), grey.height()));
        assert_eq!(ours.len(), theirs.len(), "{name}: {ours:?}");
        for theirs in theirs {
            let left = f64::from(theirs.bbox().x()) * scale;
            let side = f64::from(theirs.bbox().width()) * scale;
            let near = |face: &Face| {
                (f64::from(face.left) - left).abs() < side / 5.0
                    && (f64::from(face.width) - side).abs() < side / 5.0
            };
            assert!(ours.iter().any(near), "{name}: {ours:?}, not {left} {side}");
            seen += 1;
        }
    }
    assert_eq!(seen, 5);
}
