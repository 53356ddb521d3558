//! Each kind of edit is seen: it differs from the photo and from all the others, far beyond the
//! strip with the words.

use image::RgbImage;
use sandbox::drawing::edits::{KINDS, Kind, edit, kind_of};

const SIDE: u32 = 240;
/// Of a thousand pixels, so many are another colour at least.
const DIFFERENCE_MIN: usize = 25;

/// A bright wall, and somebody before it.
fn photo() -> RgbImage {
    RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let (across, down) = (x as i32 - 120, y as i32 - 96);
        let is_face = across * across + down * down < 45 * 45;
        let is_body = 150 < y && across.abs() < 70;
        image::Rgb(match (is_face, is_body) {
            (true, _) => [225, 180, 150],
            (_, true) => [90, 60, 130],
            _ => [200, (130 + x / 4) as u8, (110 + y / 3) as u8],
        })
    })
}

/// How many of a thousand pixels differ clearly, above the strip.
fn difference(one: &RgbImage, other: &RgbImage) -> usize {
    let rows = SIDE * 2 / 3;
    let pixels = one.pixels().zip(other.pixels()).take((SIDE * rows) as usize);
    let is_other =
        |it: &(&image::Rgb<u8>, &image::Rgb<u8>)| (0..3).any(|c| 24 < it.0[c].abs_diff(it.1[c]));
    pixels.filter(is_other).count() * 1000 / (SIDE * rows) as usize
}

#[test]
fn each_kind_differs_from_the_photo_and_from_the_others() {
    let words = KINDS.iter().map(|it| it.1[0]).chain(["something else"]);
    let mut all = vec![("the photo", photo())];
    let mut alike = Vec::new();
    for words in words {
        let made = edit(&photo(), &[], words, 7);
        assert_eq!(made.dimensions(), (SIDE, SIDE));
        for (other, picture) in &all {
            let found = difference(&made, picture);
            if found < DIFFERENCE_MIN {
                alike.push(format!("{words} and {other}: {found} of a thousand"));
            }
        }
        all.push((words, made));
    }
    assert!(alike.is_empty(), "{}", alike.join("\n"));
}

/// The brightest and the darkest there are: nothing runs over.
#[test]
fn each_kind_takes_white_and_black() {
    for words in KINDS.iter().map(|it| it.1[0]).chain(["something else"]) {
        for value in [0, 255] {
            let plain = RgbImage::from_pixel(SIDE, SIDE, image::Rgb([value; 3]));
            edit(&plain, &[], words, 7);
        }
    }
    let white = RgbImage::from_pixel(SIDE, SIDE, image::Rgb([255; 3]));
    assert_eq!(edit(&white, &[], "a cartoon", 7).get_pixel(SIDE / 2, SIDE / 2).0, [255; 3]);
}

#[test]
fn the_first_word_that_says_something_decides() {
    for (words, kind) in [
        ("Give them a short haircut, keep the background and the clothes", Kind::Hair),
        ("Replace the background with a beach; hair stays", Kind::Background),
        ("Turn the photo into a watercolor painting", Kind::Watercolour),
        ("An oil painting of them", Kind::Oil),
        ("Restore this photo: remove scratches", Kind::Restoration),
        ("evening make-up", Kind::MakeUp),
        ("Dress the person in the outfit from image 2", Kind::Clothes),
        ("it is SNOWING", Kind::Winter),
        ("capture what matters", Kind::Other),
        ("", Kind::Other),
    ] {
        assert_eq!(kind_of(words), kind, "{words}");
    }
}

#[test]
fn words_seed_and_the_second_photo_are_seen() {
    let made = |words: &str, seed| edit(&photo(), &[], words, seed);
    assert_eq!(made("hair", 1), made("hair", 1));
    assert_ne!(made("hair", 1), made("hair", 2));
    assert_ne!(made("red hair", 1), made("blue hair", 1));
    assert!(DIFFERENCE_MIN < difference(&made("fly", 1), &made("swim", 1)));
    let green = RgbImage::from_pixel(50, 90, image::Rgb([0, 255, 0]));
    let worn = edit(&photo(), &[&green], "clothes of image 2", 1);
    assert_eq!(worn.get_pixel(120, 150).0, [0, 255, 0]);
    let beside = edit(&photo(), &[&green], "hug", 1);
    assert_ne!(difference(&beside, &made("hug", 1)), 0);
}

#[test]
fn any_size_will_do() {
    for (width, height) in [(1, 1), (3, 200), (200, 3), (64, 48), (1024, 768)] {
        let photo = RgbImage::from_pixel(width, height, image::Rgb([90, 120, 200]));
        for (_, words) in KINDS {
            assert_eq!(edit(&photo, &[&photo], words[0], 1).dimensions(), (width, height));
        }
    }
}
