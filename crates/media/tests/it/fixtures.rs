//! The shared photos are what their names say, with room to spare, so that whoever sets a
//! threshold near what is usual doesn't break tests that are about something else.

use media::{Limits, Look, inspect};

use crate::samples::photo;

fn look_at(name: &str) -> Look {
    inspect(&photo(name), &Limits::default()).unwrap_or_else(|it| panic!("{name}: {it}")).look
}

const PORTRAITS: [&str; 8] = [
    "portrait-1.jpg",
    "portrait-2.jpg",
    "portrait-3.jpg",
    "portrait-4.jpg",
    "portrait-5.jpg",
    "portrait-6.jpg",
    "portrait-7.jpg",
    "portrait-8-sideways.jpg",
];

#[test]
fn portraits_are_good_and_all_different() {
    let looks = PORTRAITS.map(look_at);
    for (name, look) in PORTRAITS.iter().zip(&looks) {
        assert!(768 <= look.width.min(look.height), "{name}: {look:?}");
        assert_eq!(look.faces.len(), 1, "{name}: {look:?}");
        assert!(140 <= look.faces[0].width.min(look.faces[0].height), "{name}: {look:?}");
        assert!(100 <= look.sharpness, "{name}: {look:?}");
        assert!((70..=190).contains(&look.brightness), "{name}: {look:?}");
    }
    for (at, left) in looks.iter().enumerate() {
        for (name, right) in PORTRAITS[..at].iter().zip(&looks) {
            let bits = (left.near_hash ^ right.near_hash).count_ones();
            assert!(10 <= bits, "{} and {name} differ in {bits} bits", PORTRAITS[at]);
        }
    }
}

#[test]
fn the_sideways_one_is_turned() {
    let look = look_at("portrait-8-sideways.jpg");
    assert_eq!((look.orientation, look.width, look.height), (6, 768, 1024));
}

#[test]
fn the_bad_ones_are_bad_in_one_way() {
    let blurred = look_at("bad-blurred.jpg");
    assert!(blurred.sharpness < 30 && blurred.faces.len() == 1, "{blurred:?}");
    let small = look_at("bad-small.jpg");
    assert!(small.width < 512 && small.faces.len() == 1 && 100 <= small.sharpness, "{small:?}");
    let dark = look_at("bad-dark.jpg");
    assert!(dark.brightness < 40 && dark.faces.len() == 1, "{dark:?}");
    let nobody = look_at("bad-no-face.jpg");
    assert!(nobody.faces.is_empty() && 100 <= nobody.sharpness, "{nobody:?}");
    let two = look_at("bad-two-faces.jpg");
    assert_eq!(two.faces.len(), 2, "{two:?}");
    assert!(two.faces[0].width < two.faces[1].width * 3 / 2, "{two:?}");
}

#[test]
fn another_size_or_quality_is_near() {
    let portrait = image::load_from_memory(&photo("portrait-1.jpg")).unwrap();
    let original = look_at("portrait-1.jpg").near_hash;
    for (name, other) in [
        ("smaller", portrait.thumbnail(300, 300)),
        ("brighter", portrait.brighten(25)),
        ("duller", portrait.adjust_contrast(-15.0)),
    ] {
        let bytes = crate::samples::jpeg(&other.into_rgb8());
        let look = inspect(&bytes, &Limits::default()).unwrap().look;
        let bits = (look.near_hash ^ original).count_ones();
        assert!(bits <= 6, "{name}: {bits} bits");
    }
}
