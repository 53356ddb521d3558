//! The cast: everybody differs, stands before what was asked for, and has a mouth where it opens.

use image::RgbImage;
use sandbox::drawing::characters::{CAST, Ground, HEIGHT, WIDTH, draw, find};
use sandbox::drawing::edits::edit;
use sandbox::drawing::mouth::{OPEN_MAX, opened};
use std::path::Path;

const GREEN: [u8; 3] = [0, 255, 0];

/// Every so manieth pixel is compared, which is enough and quick.
const LOOK: usize = 13;

/// How many of a thousand pixels differ.
fn difference(one: &RgbImage, other: &RgbImage) -> usize {
    let pairs = one.pixels().zip(other.pixels()).step_by(LOOK);
    let differ = pairs.filter(|(one, other)| (0..3).any(|it| 16 < one.0[it].abs_diff(other.0[it])));
    differ.count() * 1000 * LOOK / one.pixels().len()
}

#[test]
fn nobody_looks_like_another() {
    let all: Vec<_> = CAST.iter().map(|it| (it.name, draw(it, Ground::Green))).collect();
    let mut alike = Vec::new();
    for (number, (name, picture)) in all.iter().enumerate() {
        assert_eq!(picture.dimensions(), (WIDTH, HEIGHT));
        for (other, second) in &all[..number] {
            if difference(picture, second) < 20 {
                alike.push(format!("{name} and {other}"));
            }
        }
    }
    assert!(alike.is_empty(), "{alike:?}");
    assert_eq!(CAST.iter().filter(|it| it.is_woman).count(), 16);
    assert!(CAST.iter().all(|it| (18..=70).contains(&it.age)));
    assert_eq!(find("anna").map(|it| it.age), Some(28));
}

/// Exactly green, so that it goes without a trace, and no word that would be left standing.
#[test]
fn the_green_ground_is_flat() {
    for person in CAST.iter().step_by(3) {
        let picture = draw(person, Ground::Green);
        for (x, y, pixel) in picture.enumerate_pixels().step_by(3) {
            let is_outside = y < 130 || (!(60..660).contains(&x) && y < 700);
            assert!(!is_outside || pixel.0 == GREEN, "{} {x} {y} {pixel:?}", person.name);
        }
        let card = draw(person, Ground::Card);
        assert!(card.pixels().step_by(LOOK).all(|it| it.0 != GREEN), "{}", person.name);
    }
}

/// Nobody wears what would go with the green: so far from it that nothing of it is seen through.
#[test]
fn nobody_wears_green() {
    let distance = |it: [u8; 3]| {
        let parts = (0..3).map(|part| f64::from(it[part].abs_diff(GREEN[part])).powi(2));
        (parts.sum::<f64>() / 3.0).sqrt() / 255.0
    };
    for person in &CAST {
        let picture = draw(person, Ground::Green);
        let at = |x: u32, y: u32| picture.get_pixel(x.min(WIDTH - 1), y.min(HEIGHT - 1)).0;
        for (x, y, pixel) in picture.enumerate_pixels().step_by(7) {
            let near = [(x + 2, y), (x.saturating_sub(2), y), (x, y + 2), (x, y.saturating_sub(2))];
            let is_edge = pixel.0 == GREEN || near.iter().any(|it| at(it.0, it.1) == GREEN);
            let far = distance(pixel.0);
            assert!(is_edge || 0.45 < far, "{} {x} {y} {pixel:?}: {far}", person.name);
        }
    }
}

/// Each step is seen, on everybody, and only there.
#[test]
fn mouths_open_by_steps() {
    for person in CAST.iter().step_by(4) {
        let picture = draw(person, Ground::Green);
        let steps: Vec<_> = (0..=OPEN_MAX).map(|it| opened(&picture, it)).collect();
        for (one, other) in steps.iter().zip(&steps[1..]) {
            assert!(0 < difference(&one.picture, &other.picture), "{}", person.name);
            assert_eq!((one.left % 2, one.top % 2), (0, 0));
        }
        let (wide, high) = steps[0].picture.dimensions();
        for y in 0..high {
            for x in [0, wide - 1] {
                let was = picture.get_pixel(steps[0].left + x, steps[0].top + y);
                assert_eq!(steps[5].picture.get_pixel(x, y), was, "{}", person.name);
            }
        }
    }
}

/// Whoever asks for a screen gets one, and keeps the person.
#[test]
fn edits_put_people_before_green() {
    for prompt in [
        "Put the person on a plain #00FF00 background, keep hair and clothes",
        "replace the backdrop by a green screen",
        "flat green background",
    ] {
        for name in ["anna", "bolat", "zhanar"] {
            let person = find(name).expect("one of the cast");
            let made = edit(&draw(person, Ground::Card), &[], prompt, 7);
            let green = made.pixels().filter(|it| it.0 == GREEN).count() * 100;
            let share = green / made.pixels().len();
            assert!((25..70).contains(&share), "{name}: {share} of a hundred are green");
            let wanted = draw(person, Ground::Green);
            assert!(difference(&made, &wanted) < 40, "{name}: {}", difference(&made, &wanted));
        }
    }
    // Where no ground can be found, the middle stays.
    let noise = RgbImage::from_fn(200, 300, |x, y| {
        image::Rgb(if (x + y) % 2 == 0 { [250, 200, 90] } else { [20, 30, 40] })
    });
    let made = edit(&noise, &[], "green screen", 7);
    assert_eq!(made.get_pixel(2, 2).0, GREEN);
    assert_ne!(made.get_pixel(100, 120).0, GREEN);
}

/// Any other edit of one of the cast is seen.
#[test]
fn edits_of_the_cast_are_seen() {
    let card = draw(&CAST[0], Ground::Card);
    for prompt in ["give her glasses", "a red hat", "winter", "older", "in a suit"] {
        let made = edit(&card, &[], prompt, 7);
        assert!(10 < difference(&made, &card), "{prompt}");
    }
}

/// What the catalog shows is what is drawn here.
#[test]
fn the_catalog_has_the_whole_cast() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog/characters");
    for person in &CAST {
        let open = |name: String| {
            let file = folder.join(name);
            let bytes =
                std::fs::read(&file).unwrap_or_else(|it| panic!("{}: {it}", file.display()));
            assert!(bytes.len() <= 60_000, "{}", file.display());
            image::load_from_memory(&bytes).expect("a picture").into_rgb8()
        };
        let green = open(format!("{}-green.png", person.name));
        assert_eq!(green.dimensions(), (WIDTH, HEIGHT));
        // A third of them is enough, and quicker.
        if person.age % 3 == 0 {
            assert!(green == draw(person, Ground::Green), "{} was drawn otherwise", person.name);
        }
        assert_eq!(open(format!("{}.jpg", person.name)).dimensions(), (WIDTH, HEIGHT));
    }
}
