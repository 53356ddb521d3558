//! What becomes of each file that a stranger may send.

use image::DynamicImage;
use media::{Limits, inspect};

use crate::samples::*;

/// One line for each file: what is wrong, or what it is.
fn verdicts(files: &[(&str, Vec<u8>)]) -> String {
    let lines = files.iter().map(|(name, bytes)| {
        let verdict = match inspect(bytes, &Limits::default()) {
            Ok(it) => {
                let look = it.look;
                format!(
                    "{:?} {}x{}, faces: {}",
                    look.format,
                    look.width,
                    look.height,
                    look.faces.len()
                )
            }
            Err(error) => error.to_string(),
        };
        format!("{name}: {verdict}\n")
    });
    lines.collect()
}

#[track_caller]
fn check(files: &[(&str, Vec<u8>)], expected: &str) {
    let expected: String = expected.lines().map(|it| format!("{}\n", it.trim())).collect();
    assert_eq!(verdicts(files), expected);
}

#[test]
fn every_kind_of_picture_that_is_taken() {
    let picture = portrait();
    let any = DynamicImage::from(picture.clone());
    check(
        &[
            ("jpeg", jpeg(&picture)),
            ("grey jpeg", grey_jpeg(&picture)),
            ("progressive jpeg", file("progressive.jpg")),
            ("cmyk jpeg", file("cmyk.jpg")),
            ("jpeg of one pixel", jpeg(&shades(1, 1))),
            ("jpeg like a thread", jpeg(&shades(4000, 2))),
            ("png", png(&any)),
            ("png with alpha", png(&any.to_rgba8().into())),
            ("png of 16 bits", png(&any.to_rgb16().into())),
            ("grey png with alpha of 16 bits", png(&any.to_luma_alpha16().into())),
            ("webp", webp(&any)),
            ("moving webp", animated_webp(&picture)),
        ],
        "jpeg: Jpeg 512x512, faces: 1
         grey jpeg: Jpeg 512x512, faces: 1
         progressive jpeg: Jpeg 256x192, faces: 1
         cmyk jpeg: Jpeg 256x192, faces: 1
         jpeg of one pixel: Jpeg 1x1, faces: 0
         jpeg like a thread: Jpeg 4000x2, faces: 0
         png: Png 512x512, faces: 1
         png with alpha: Png 512x512, faces: 1
         png of 16 bits: Png 512x512, faces: 1
         grey png with alpha of 16 bits: Png 512x512, faces: 1
         webp: WebP 512x512, faces: 1
         moving webp: WebP 512x512, faces: 1",
    );
}

#[test]
fn files_of_another_kind() {
    let photo = jpeg(&shades(64, 48));
    let page = b"<!DOCTYPE html><html><script>alert(1)</script>".to_vec();
    let heic = |brand: &str| format!("\0\0\0\x18ftyp{brand}\0\0\0\0mif1heic----").into_bytes();
    check(
        &[
            ("html", page.clone()),
            ("html before a jpeg", [page.as_slice(), &photo].concat()),
            ("svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>".to_vec()),
            ("gif", b"GIF89a\x60\xEA\x60\xEA\x80\0\0\xFF\xFF\xFF".to_vec()),
            ("tiff", b"II*\0\x08\0\0\0\0\0\0\0\0\0\0\0".to_vec()),
            ("bmp", b"BM\x60\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec()),
            ("pdf", b"%PDF-1.7\n1 0 obj <</Type/Catalog>>".to_vec()),
            ("zip", b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec()),
            ("mp4", b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2mp41".to_vec()),
            ("wave", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0".to_vec()),
            ("zeros", vec![0; 4096]),
            ("heic", heic("heic")),
            ("heif that says so second", heic("MiHE")),
            ("avif", heic("avif")),
        ],
        "html: not a picture of a kind that is taken
         html before a jpeg: not a picture of a kind that is taken
         svg: not a picture of a kind that is taken
         gif: not a picture of a kind that is taken
         tiff: not a picture of a kind that is taken
         bmp: not a picture of a kind that is taken
         pdf: not a picture of a kind that is taken
         zip: not a picture of a kind that is taken
         mp4: not a picture of a kind that is taken
         wave: not a picture of a kind that is taken
         zeros: not a picture of a kind that is taken
         heic: a picture of the HEIF family
         heif that says so second: a picture of the HEIF family
         avif: a picture of the HEIF family",
    );
}

#[test]
fn broken_files() {
    let picture = shades(320, 240);
    let any = DynamicImage::from(picture.clone());
    let (jpeg, png, webp) = (jpeg(&picture), png(&any), webp(&any));
    let progressive = file("progressive.jpg");
    let cut = |bytes: &[u8], percent: usize| bytes[..bytes.len() * percent / 100].to_vec();
    check(
        &[
            ("nothing", Vec::new()),
            ("one byte", vec![0xFF]),
            ("only the start of a jpeg", jpeg[..4].to_vec()),
            ("half the header of a jpeg", jpeg[..100].to_vec()),
            ("half a jpeg", cut(&jpeg, 50)),
            ("a jpeg without its last byte", jpeg[..jpeg.len() - 1].to_vec()),
            ("half a progressive jpeg", cut(&progressive, 50)),
            ("a jpeg without pixels", jpeg_without_scan(&jpeg)),
            ("a jpeg of no size", resized(&jpeg, 0, 0)),
            ("only the start of a png", png[..20].to_vec()),
            ("half a png", cut(&png, 50)),
            ("a png of no size", png_header(0, 0)),
            ("a png with too few pixels", png_header(640, 480)),
            ("only the start of a webp", webp[..18].to_vec()),
            ("half a webp", cut(&webp, 50)),
            ("a webp with too few pixels", webp_header(640, 480)),
        ],
        "nothing: cut off, or its bytes make no sense
         one byte: cut off, or its bytes make no sense
         only the start of a jpeg: cut off, or its bytes make no sense
         half the header of a jpeg: cut off, or its bytes make no sense
         half a jpeg: cut off, or its bytes make no sense
         a jpeg without its last byte: cut off, or its bytes make no sense
         half a progressive jpeg: cut off, or its bytes make no sense
         a jpeg without pixels: cut off, or its bytes make no sense
         a jpeg of no size: cut off, or its bytes make no sense
         only the start of a png: cut off, or its bytes make no sense
         half a png: cut off, or its bytes make no sense
         a png of no size: cut off, or its bytes make no sense
         a png with too few pixels: cut off, or its bytes make no sense
         only the start of a webp: cut off, or its bytes make no sense
         half a webp: cut off, or its bytes make no sense
         a webp with too few pixels: cut off, or its bytes make no sense",
    );
}

fn jpeg_without_scan(jpeg: &[u8]) -> Vec<u8> {
    let scan = jpeg.windows(2).position(|it| it == [0xFF, 0xDA]).unwrap();
    [&jpeg[..scan], &[0xFF, 0xD9]].concat()
}

#[test]
fn bombs() {
    let photo = jpeg(&shades(64, 48));
    let mut heavy = photo.clone();
    heavy.resize(21 << 20, 0);
    check(
        &[
            ("a png of 60000 by 60000", png_header(60_000, 60_000)),
            ("a png of 16384 by 4000 with alpha", png_header(16_384, 4_000)),
            ("a png like a thread", png_header(1, 1_000_000)),
            ("a jpeg of 65500 by 65500", resized(&photo, 65_500, 65_500)),
            ("a jpeg of 65500 by 1", resized(&photo, 65_500, 1)),
            ("a progressive jpeg of 7000 by 7000", resized(&file("progressive.jpg"), 7_000, 7_000)),
            ("a jpeg of a hundred scans", with_scans(&file("progressive.jpg"), 100)),
            ("a webp of 16000 by 16000", webp_header(16_000, 16_000)),
            ("a file of 21 MB", heavy),
        ],
        "a png of 60000 by 60000: more bytes or pixels than are opened
         a png of 16384 by 4000 with alpha: more bytes or pixels than are opened
         a png like a thread: more bytes or pixels than are opened
         a jpeg of 65500 by 65500: more bytes or pixels than are opened
         a jpeg of 65500 by 1: more bytes or pixels than are opened
         a progressive jpeg of 7000 by 7000: more bytes or pixels than are opened
         a jpeg of a hundred scans: more bytes or pixels than are opened
         a webp of 16000 by 16000: more bytes or pixels than are opened
         a file of 21 MB: more bytes or pixels than are opened",
    );
}
