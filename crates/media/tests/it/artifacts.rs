//! What providers give, good and bad, and what of it may go to customers.

use image::{DynamicImage, RgbImage};
use media::Format;
use media::artifact::{Limits, NotAPicture, TakenIn, take_in};

use crate::memory::peak;
use crate::samples::*;

const SECRET: &str = "masterpiece, by nobody";

fn taken(bytes: &[u8]) -> TakenIn {
    take_in(bytes, &Limits::default()).unwrap()
}

fn refused(bytes: &[u8]) -> NotAPicture {
    take_in(bytes, &Limits::default()).unwrap_err()
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|it| it == text.as_bytes())
}

fn made() -> RgbImage {
    shades(200, 300)
}

/// With the header that says least.
fn plain_jpeg() -> Vec<u8> {
    taken(&jpeg(&made())).clean
}

fn any() -> DynamicImage {
    made().into()
}

/// Chunks in the way of RFC 9649, 2.7: with EXIF and XMP, as flags say.
fn webp_with_metadata(picture: &DynamicImage, flags: u8) -> Vec<u8> {
    let still = webp(picture);
    let sides = [picture.width(), picture.height()].map(|it| (it - 1).to_le_bytes());
    let canvas = [&[flags, 0, 0, 0], &sides[0][..3], &sides[1][..3]].concat();
    let chunks = [
        riff(b"VP8X", &canvas),
        still[12..].to_vec(),
        riff(b"EXIF", &[exif(1).as_slice(), SECRET.as_bytes()].concat()),
        riff(b"XMP ", SECRET.as_bytes()),
        riff(b"what", SECRET.as_bytes()),
    ];
    riff(b"RIFF", &[b"WEBP", chunks.concat().as_slice()].concat())
}

/// Without the flag in its header.
fn hidden_animation() -> Vec<u8> {
    let mut moving = animated_webp(&made());
    moving[20] = 0;
    moving
}

fn png_with_text(picture: &DynamicImage) -> Vec<u8> {
    let text = ["parameters\0", SECRET].concat();
    let file = with_chunk(&png(picture), b"tEXt", text.as_bytes());
    let file = with_chunk(&file, b"iTXt", format!("workflow\0\0\0\0\0{SECRET}").as_bytes());
    let file = with_chunk(&file, b"eXIf", &exif(1));
    with_chunk(&with_chunk(&file, b"tIME", &[7, 234, 11, 20, 17, 0, 0]), b"prVt", SECRET.as_bytes())
}

#[test]
fn only_the_picture_is_left_and_it_is_the_same() {
    for (name, dirty, clean, format) in [
        ("jpeg", with_metadata(&jpeg(&made()), 1), plain_jpeg(), Format::Jpeg),
        ("png", png_with_text(&any()), png(&any()), Format::Png),
        ("png with alpha", png_with_text(&any().to_rgba8().into()), vec![], Format::Png),
        ("png of 16 bits", png_with_text(&any().to_rgb16().into()), vec![], Format::Png),
        ("webp", webp_with_metadata(&any(), 0x0C), vec![], Format::WebP),
        ("webp with nothing around", webp(&any()), webp(&any()), Format::WebP),
    ] {
        let seen = taken(&dirty);
        assert_eq!(seen.format, format, "{name}");
        assert_eq!((seen.width, seen.height), (200, 300), "{name}");
        for secret in SECRETS.iter().chain([&SECRET, &"parameters", &"EXIF", &"tIME"]) {
            assert!(!has(&seen.clean, secret), "{name}: {secret}");
            assert!(!has(&seen.thumbnail, secret), "{name}: {secret}");
        }
        let [before, after] = [&dirty, &seen.clean].map(|it| image::load_from_memory(it).unwrap());
        assert!(before == after, "{name}: other pixels");
        assert!(clean.is_empty() || seen.clean == clean, "{name}: not the plain file");
        let thumbnail = image::load_from_memory(&seen.thumbnail).unwrap();
        assert_eq!((thumbnail.width(), thumbnail.height()), (200, 300), "{name}");
        assert!(!seen.is_blank, "{name}");
        assert_eq!(seen.sha256, taken(&seen.clean).sha256, "{name}");
    }
}

#[test]
fn a_webp_says_no_more_that_it_has_metadata() {
    let clean = taken(&webp_with_metadata(&any(), 0x0C | 0x10)).clean;
    assert_eq!(&clean[12..16], b"VP8X");
    assert_eq!(clean[20], 0x10);
}

#[test]
fn colours_stay() {
    let mut profile = vec![0; 128];
    profile[16..20].copy_from_slice(b"RGB ");
    profile.extend(b"a wide space");
    let icc = segment(0xE2, &[b"ICC_PROFILE\0\x01\x01", profile.as_slice()].concat());
    let original = jpeg(&made());
    assert!(has(&taken(&[&original[..2], &icc, &original[2..]].concat()).clean, "a wide space"));
    let limits = Limits { side_min: 48, ..Default::default() };
    assert!(has(&take_in(&png_with_profile(2 << 10), &limits).unwrap().clean, "iCCP"));
    let wide = with_chunk(&png(&any()), b"gAMA", &[0, 0, 0xB1, 0x8F]);
    assert_eq!(taken(&wide).clean, wide);
}

#[test]
fn what_lies_on_its_side_or_has_four_colours_is_made_again() {
    let sideways = stored(&made(), 6);
    for (name, bytes, size) in [
        ("jpeg", with_metadata(&jpeg(&sideways), 6), (200, 300)),
        ("png", with_chunk(&png(&sideways.clone().into()), b"eXIf", &exif(6)), (200, 300)),
        ("cmyk", file("cmyk.jpg"), (0, 0)),
    ] {
        let seen = taken(&bytes);
        assert_eq!(seen.format, Format::Jpeg, "{name}");
        let clean = image::load_from_memory(&seen.clean).unwrap();
        assert_eq!((clean.width(), clean.height()), (seen.width, seen.height), "{name}");
        assert!(size == (0, 0) || size == (seen.width, seen.height), "{name}");
        assert!(!has(&seen.clean, "Spy camera"), "{name}");
    }
}

#[test]
fn a_picture_of_one_colour_is_known() {
    let flat = |value| RgbImage::from_pixel(128, 128, image::Rgb(value));
    for value in [[0; 3], [255; 3], [12, 200, 90]] {
        assert!(taken(&jpeg(&flat(value))).is_blank, "{value:?}");
        assert!(taken(&png(&flat(value).into())).is_blank, "{value:?}");
        assert!(taken(&webp(&flat(value).into())).is_blank, "{value:?}");
    }
    let glass = image::RgbaImage::from_pixel(128, 128, image::Rgba([9, 9, 9, 0]));
    assert!(taken(&png(&glass.into())).is_blank);
    let mut one_light = flat([0; 3]);
    one_light.put_pixel(127, 127, image::Rgb([80; 3]));
    assert!(!taken(&png(&one_light.into())).is_blank);
    // Very dark, but something can be seen.
    let night = RgbImage::from_fn(128, 128, |x, _| image::Rgb([(x / 6) as u8; 3]));
    assert!(!taken(&jpeg(&night)).is_blank);
}

#[test]
fn a_file_that_ends_early_is_broken_wherever_that_is() {
    for (name, whole) in [
        ("jpeg", with_metadata(&jpeg(&made()), 1)),
        ("progressive jpeg", file("progressive.jpg")),
        ("png", png_with_text(&any())),
        ("webp", webp(&any())),
        ("webp with metadata", webp_with_metadata(&any(), 0x0C)),
    ] {
        assert!(take_in(&whole, &Limits::default()).is_ok(), "{name}");
        let step = (whole.len() / 97).max(1);
        let early = (16..whole.len()).step_by(step);
        for end in early.chain([whole.len() - 2, whole.len() - 1]) {
            assert_eq!(refused(&whole[..end]), NotAPicture::Broken, "{name} up to {end}");
        }
    }
}

#[test]
fn pixels_that_end_early_inside_a_whole_file_are_broken() {
    let whole = png(&any());
    let at = whole.windows(4).position(|it| it == b"IDAT").unwrap();
    let short = [&whole[..at - 4], &chunk(b"IDAT", &whole[at + 4..at + 400]), &chunk(b"IEND", &[])];
    assert_eq!(refused(&short.concat()), NotAPicture::Broken);
    let whole = webp(&any());
    let short = riff(b"RIFF", &[b"WEBP", riff(b"VP8L", &whole[20..400]).as_slice()].concat());
    assert_eq!(refused(&short), NotAPicture::Broken);
}

#[test]
fn what_is_no_picture_is_refused() {
    for (name, bytes, why) in [
        ("nothing", vec![], NotAPicture::Broken),
        ("a page", b"<!doctype html><title>502 Bad Gateway</title>".into(), NotAPicture::Unknown),
        ("json", br#"{"error": "not found yet"}"#.into(), NotAPicture::Unknown),
        ("a gif", b"GIF89a\x01\0\x01\0\0\0\0;........".into(), NotAPicture::Unknown),
        ("an archive", b"PK\x03\x04............................".into(), NotAPicture::Unknown),
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>".into(), NotAPicture::Unknown),
        ("a jpeg of a pixel", jpeg(&shades(1, 1)), NotAPicture::TooSmall),
        ("a png of a line", png(&shades(900, 20).into()), NotAPicture::TooSmall),
        ("huge png", png_header(60_000, 60_000), NotAPicture::TooLarge),
        ("huge jpeg", resized(&jpeg(&made()), 65_500, 65_500), NotAPicture::TooLarge),
        ("huge webp", webp_header(16_000, 16_000), NotAPicture::TooLarge),
        ("many scans", with_scans(&file("progressive.jpg"), 100), NotAPicture::TooLarge),
        ("a moving webp", animated_webp(&made()), NotAPicture::Moving),
        ("a moving webp that doesn't say so", hidden_animation(), NotAPicture::Moving),
        (
            "a moving png",
            with_chunk(&png(&any()), b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]),
            NotAPicture::Moving,
        ),
        ("a png of tomorrow", with_chunk(&png(&any()), b"NEWS", b"?"), NotAPicture::Broken),
    ] {
        let mut answer = None;
        let memory = peak(|| answer = Some(refused(&bytes)));
        assert_eq!(answer, Some(why), "{name}");
        assert!(memory < 4_000_000, "{name} took {memory} bytes");
    }
    let limits =
        Limits { most: media::Limits { bytes_max: 1000, ..Default::default() }, side_min: 1 };
    assert_eq!(take_in(&jpeg(&made()), &limits).unwrap_err(), NotAPicture::TooLarge);
}

#[test]
fn what_is_two_files_at_once_becomes_one() {
    for whole in [plain_jpeg(), png(&any()), webp(&any())] {
        for tail in ["PK\x03\x04 an archive", "<script>a page</script>", "%PDF-1.7 a document"] {
            let seen = taken(&[whole.as_slice(), tail.as_bytes()].concat());
            assert!(!has(&seen.clean, tail));
            assert_eq!(seen.clean, whole);
        }
    }
}

#[test]
fn a_second_picture_in_a_webp_goes() {
    let (first, second) = (webp(&any()), webp(&shades(200, 300).into()));
    let both = riff(b"RIFF", &[&first[8..], &second[12..]].concat());
    assert_eq!(taken(&both).clean, first);
}

#[test]
fn memory_is_what_the_limits_say() {
    let large = png(&RgbImage::from_raw(7000, 7000, vec![90; 3 * 7000 * 7000]).unwrap().into());
    let bytes = peak(|| taken(&large)) - large.len() as i64;
    assert!(bytes < 200_000_000, "{bytes}");
}
