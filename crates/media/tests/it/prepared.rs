//! The photo as it is passed on: upright, and with nothing in it but the picture.

use image::{DynamicImage, GenericImageView, RgbImage};
use media::{Inspected, Limits, inspect};

use crate::samples::*;

fn look_at(bytes: &[u8]) -> Inspected {
    inspect(bytes, &Limits::default()).unwrap()
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|it| it == text.as_bytes())
}

fn decoded(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().into_rgb8()
}

/// The mean distance of the values of two pictures of one size.
fn distance(left: &RgbImage, right: &RgbImage) -> f64 {
    assert_eq!(left.dimensions(), right.dimensions());
    let pairs = left.as_raw().iter().zip(right.as_raw());
    let sum: u64 = pairs.map(|(left, right)| u64::from(left.abs_diff(*right))).sum();
    sum as f64 / left.as_raw().len() as f64
}

#[test]
fn every_orientation_gives_the_same_upright_photo() {
    let picture = portrait().view(60, 0, 384, 512).to_image();
    let upright = look_at(&jpeg(&picture));
    for orientation in 1..=8 {
        let sideways = stored(&picture, orientation);
        let jpeg = look_at(&with_metadata(&jpeg(&sideways), orientation));
        let png = png(&DynamicImage::from(sideways));
        let png = look_at(&with_chunk(&png, b"eXIf", &exif(orientation)));
        for seen in [jpeg, png] {
            let look = &seen.look;
            let name = format!("{:?}, orientation {orientation}", look.format);
            assert_eq!(look.orientation, orientation, "{name}");
            assert_eq!((look.width, look.height), (384, 512), "{name}");
            assert!((look.near_hash ^ upright.look.near_hash).count_ones() <= 1, "{name}");
            let (face, expected) = (&look.faces[0], &upright.look.faces[0]);
            assert!(face.left.abs_diff(expected.left) < 20, "{name}: {face:?}, not {expected:?}");
            assert!(face.top.abs_diff(expected.top) < 20, "{name}: {face:?}, not {expected:?}");
            assert!(distance(&decoded(&seen.prepared), &picture) < 4.0, "{name}");
            let thumbnail = decoded(&seen.thumbnail);
            assert_eq!(thumbnail.dimensions(), (240, 320), "{name}");
            for secret in SECRETS {
                assert!(!has(&seen.prepared, secret), "{name}: {secret}");
                assert!(!has(&seen.thumbnail, secret), "{name}: {secret}");
            }
        }
    }
}

#[test]
fn an_upright_jpeg_keeps_its_pixels_bit_for_bit() {
    let original = jpeg(&portrait());
    let seen = look_at(&with_metadata(&original, 1));
    for secret in SECRETS {
        assert!(!has(&seen.prepared, secret), "{secret}");
    }
    assert_eq!(decoded(&seen.prepared), decoded(&original));
    // Nothing to remove, nothing to change.
    assert_eq!(look_at(&seen.prepared).prepared, seen.prepared);
    assert_eq!(seen.look.sha256.len(), 64);
    assert_ne!(seen.look.sha256, look_at(&original).look.sha256);
}

#[test]
fn what_is_appended_is_cut_off() {
    let original = jpeg(&shades(64, 48));
    for tail in ["PK\x03\x04 an archive", "<script>a page</script>", "ftypmp42 a moving photo"] {
        let seen = look_at(&[original.as_slice(), tail.as_bytes()].concat());
        assert!(!has(&seen.prepared, tail), "{tail}");
        assert_eq!(decoded(&seen.prepared), decoded(&original), "{tail}");
    }
}

#[test]
fn a_preview_in_the_header_goes_too() {
    // JFIF 1.02, "Thumbnail": two bytes for its size, then RGB. Here 2 by 1.
    let original = jpeg(&shades(64, 48));
    assert_eq!(original[2..4], [0xFF, 0xE0]);
    let header = segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x02\x01secret");
    let seen = look_at(&[&original[..2], header.as_slice(), &original[20..]].concat());
    assert!(!has(&seen.prepared, "secret"));
    assert_eq!(decoded(&seen.prepared), decoded(&original));
}

#[test]
fn colours_stay_what_they_were() {
    let mut profile = vec![0; 128];
    profile[16..20].copy_from_slice(b"RGB ");
    profile.extend(b"a wide space");
    let icc = segment(0xE2, &[b"ICC_PROFILE\0\x01\x01", profile.as_slice()].concat());
    let original = jpeg(&shades(64, 48));
    let wide = [&original[..2], icc.as_slice(), &original[2..]].concat();
    assert!(has(&look_at(&wide).prepared, "a wide space"));
    let turned = look_at(&with_metadata(&wide, 3));
    assert!(has(&turned.prepared, "a wide space"));
    assert!(!has(&turned.prepared, "Spy camera"));
}

/// A JPEG takes 16 MB of profile at most, and no camera writes a hundredth of that.
#[test]
fn a_profile_that_is_too_long_is_left_away() {
    for bytes in [3 << 20, 5 << 20, 17 << 20] {
        let seen = look_at(&png_with_profile(bytes));
        assert_eq!(has(&seen.prepared, "ICC_PROFILE"), bytes < 4 << 20, "{bytes}");
        assert_eq!(decoded(&seen.prepared).dimensions(), (64, 48), "{bytes}");
    }
}

#[test]
fn everything_else_becomes_a_jpeg_in_three_colours() {
    let any = DynamicImage::from(portrait());
    for (name, bytes) in [
        ("cmyk", file("cmyk.jpg")),
        ("png", png(&any)),
        ("webp", webp(&any)),
        ("grey png", png(&any.to_luma16().into())),
    ] {
        let seen = look_at(&bytes);
        let prepared = image::load_from_memory(&seen.prepared).unwrap();
        assert_eq!(prepared.dimensions(), (seen.look.width, seen.look.height), "{name}");
        assert_eq!(prepared.color().channel_count(), 3, "{name}");
        let near = look_at(&seen.prepared).look.near_hash ^ seen.look.near_hash;
        assert!(near.count_ones() <= 2, "{name}");
    }
    let cmyk = decoded(&look_at(&file("cmyk.jpg")).prepared);
    assert!(distance(&cmyk, &decoded(&file("progressive.jpg"))) < 12.0);
}

#[test]
fn what_is_transparent_becomes_white() {
    let mut glass = image::RgbaImage::new(100, 100);
    for (x, _, pixel) in glass.enumerate_pixels_mut() {
        *pixel = image::Rgba([200, 0, 0, if x < 50 { 255 } else { 0 }]);
    }
    let prepared = decoded(&look_at(&png(&glass.into())).prepared);
    let [red, green, blue] = prepared.get_pixel(20, 50).0;
    assert!(190 < red && green < 20 && blue < 20, "{red} {green} {blue}");
    assert!(prepared.get_pixel(80, 50).0.iter().all(|it| 245 < *it));
}

#[test]
fn what_is_made_again_isnt_larger_than_trainers_want() {
    let seen = look_at(&png(&shades(3000, 1000).into()));
    assert_eq!(decoded(&seen.prepared).dimensions(), (2048, 683));
    assert_eq!((seen.look.width, seen.look.height), (3000, 1000));
    assert_eq!(decoded(&seen.thumbnail).dimensions(), (320, 107));
}

#[test]
fn thumbnails_are_small_even_of_noise() {
    let mut seed = 1_u32;
    let noise = RgbImage::from_fn(1600, 1600, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb([(seed >> 24) as u8, (seed >> 16) as u8, (seed >> 8) as u8])
    });
    let mut coarse = image::imageops::resize(
        &noise.view(0, 0, 320, 320).to_image(),
        320,
        320,
        image::imageops::FilterType::Nearest,
    );
    image::imageops::flip_horizontal_in_place(&mut coarse);
    for picture in [noise, coarse] {
        let thumbnail = look_at(&jpeg(&picture)).thumbnail;
        assert!(thumbnail.len() < 200_000, "{} bytes", thumbnail.len());
    }
}
