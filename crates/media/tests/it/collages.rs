//! Pages of the gallery: how large they are, what is where, and that there always is one.

use image::{Rgb, RgbImage};
use media::collage::{Tile, draw};

use crate::memory::peak;
use crate::samples::*;

const WHITE: Rgb<u8> = Rgb([255; 3]);

fn tile(thumbnail: &[u8]) -> Tile<'_> {
    Tile { thumbnail: Some(thumbnail), number: 0, is_favourite: false }
}

fn page(tiles: &[Tile<'_>]) -> RgbImage {
    image::load_from_memory(&draw(tiles, 3)).unwrap().into_rgb8()
}

/// The colour at a place of a tile, in hundredths of its sides.
fn at(page: &RgbImage, number: u32, (x, y): (u32, u32)) -> [u8; 3] {
    let place = |at: u32, part: u32| 12 + at * 316 + 304 * part / 100;
    page.get_pixel(place(number % 3, x), place(number / 3, y)).0
}

fn is_near(left: [u8; 3], right: [u8; 3]) -> bool {
    left.iter().zip(right).all(|(left, right)| left.abs_diff(right) < 24)
}

#[test]
fn a_page_is_as_high_as_its_rows() {
    let thumbnail = jpeg(&shades(320, 240));
    for (count, columns, size) in [
        (0, 3, (960, 328)),
        (1, 3, (960, 328)),
        (3, 3, (960, 328)),
        (4, 3, (960, 644)),
        (9, 3, (960, 960)),
        (40, 3, (960, 960)),
        (4, 2, (960, 960)),
        (4, 4, (960, 249)),
        (2, 1, (960, 1908)),
        (1, 0, (960, 960)),
        (9, u32::MAX, (960, 723)),
    ] {
        let tiles = vec![tile(&thumbnail); count];
        assert_eq!(jpeg_size(&draw(&tiles, columns)), size, "{count} in {columns} columns");
    }
}

#[test]
fn a_picture_of_any_shape_is_whole() {
    let red = [200, 40, 40];
    // Its first and last rows and columns are white.
    let framed = |width: u32, height: u32| {
        let edge = |at: u32, side: u32| at < side / 12 || side - side / 12 <= at;
        jpeg(&RgbImage::from_fn(width, height, |x, y| {
            if edge(x, width) || edge(y, height) { WHITE } else { Rgb(red) }
        }))
    };
    let pictures = [framed(320, 320), framed(320, 160), framed(160, 320), framed(64, 64)];
    let page = page(&pictures.each_ref().map(|it| tile(it)));
    for number in 0..4 {
        assert!(is_near(at(&page, number, (50, 50)), red), "{number}");
    }
    for (number, edges, beyond) in [
        (0, [(2, 50), (97, 50), (50, 2), (50, 97)], None),
        (1, [(2, 50), (97, 50), (50, 28), (50, 72)], Some([(50, 5), (50, 95)])),
        (2, [(28, 50), (72, 50), (50, 2), (50, 97)], Some([(5, 50), (95, 50)])),
        // It isn't enlarged.
        (3, [(41, 50), (59, 50), (50, 41), (50, 59)], Some([(20, 20), (80, 80)])),
    ] {
        for place in edges {
            let colour = at(&page, number, place);
            assert!(is_near(colour, WHITE.0), "{number} at {place:?}: {colour:?}");
        }
        for place in beyond.into_iter().flatten() {
            let colour = at(&page, number, place);
            assert!(colour.iter().all(|it| *it < 150), "{number} at {place:?}: {colour:?}");
        }
    }
}

#[test]
fn what_cant_be_shown_is_an_empty_tile() {
    let whole = jpeg(&shades(320, 320));
    let empty = draw(&[Tile { thumbnail: None, number: 3, is_favourite: true }], 3);
    for bytes in [
        vec![],
        b"\xFF\xD8\xFF broken, and long enough".to_vec(),
        b"<html>".to_vec(),
        whole[..whole.len() / 2].to_vec(),
        resized(&whole, 60_000, 60_000),
        png_header(30_000, 30_000),
        // Readable, but nothing that was made here.
        [&whole[..2], &segment(0xFE, &[b' '; 60_000]).repeat(50), &whole[2..]].concat(),
    ] {
        let tile = Tile { thumbnail: Some(&bytes), number: 3, is_favourite: true };
        assert_eq!(draw(&[tile], 3), empty);
    }
}

#[test]
fn numbers_and_hearts_are_seen() {
    let grey = jpeg(&RgbImage::from_pixel(320, 320, Rgb([128; 3])));
    let plain = draw(&[tile(&grey)], 3);
    let mut pages = vec![plain.clone()];
    for number in 1..=9 {
        pages.push(draw(&[Tile { number, ..tile(&grey) }], 3));
    }
    pages.push(draw(&[Tile { is_favourite: true, ..tile(&grey) }], 3));
    for (at, left) in pages.iter().enumerate() {
        assert!(pages[..at].iter().all(|right| left != right), "{at}");
    }
    // There is no tenth on a page, so nobody has to guess what a number of two digits means.
    assert_eq!(draw(&[Tile { number: 10, ..tile(&grey) }], 3), plain);
    let loved = page(&[Tile { number: 1, is_favourite: true, ..tile(&grey) }]);
    let [red, green, blue] = at(&loved, 0, (87, 86));
    assert!(200 < red && green < 90 && blue < 120, "{red} {green} {blue}");
    let ink = at(&loved, 0, (8, 86));
    assert!(ink.iter().all(|it| *it < 50), "{ink:?}");
}

#[test]
fn a_page_takes_little_memory() {
    let thumbnail = jpeg(&shades(320, 320));
    let bytes = peak(|| draw(&[tile(&thumbnail); 9], 3));
    assert!(bytes < 10_000_000, "{bytes}");
}
