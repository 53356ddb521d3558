//! A page of the gallery in one picture: thumbnails with numbers, to be chosen from on a phone.
//!
//! There is always a page: what can't be shown is a calm empty tile, never an error.

pub(crate) mod shapes;

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{Rgb, RgbImage};

use crate::picture::{self, Picture};
use crate::{Limits, format, resize};
use shapes::{Rect, badge, heart, landscape, paint, rounded};

pub const TILES_MAX: usize = 9;
pub const COLUMNS_MAX: u32 = 4;
pub const WIDTH: u32 = 960;

/// One picture of the page.
#[derive(Clone, Copy, Debug)]
pub struct Tile<'a> {
    /// What [`crate::artifact::take_in`] made of it.
    pub thumbnail: Option<&'a [u8]>,
    /// Shown if it is 1 to 9.
    pub number: u8,
    pub is_favourite: bool,
}

const GUTTER: u32 = 12;
const CORNER: f32 = 16.0;
const GROUND: Rgb<u8> = Rgb([32, 34, 38]);
const EMPTY: Rgb<u8> = Rgb([47, 50, 56]);
const EMPTY_MARK: Rgb<u8> = Rgb([88, 93, 102]);
const QUALITY: u8 = 86;

/// A JPEG as wide as [`WIDTH`] with square tiles, row by row. More than [`TILES_MAX`] aren't shown.
///
/// It takes some 10 MB: the page, and one thumbnail at a time.
pub fn draw(tiles: &[Tile<'_>], columns: u32) -> Vec<u8> {
    let tiles = &tiles[..tiles.len().min(TILES_MAX)];
    let columns = columns.clamp(1, COLUMNS_MAX);
    let rows = (tiles.len() as u32).div_ceil(columns).max(1);
    let side = (WIDTH - GUTTER * (columns + 1)) / columns;
    let mut page = RgbImage::from_pixel(WIDTH, GUTTER + rows * (side + GUTTER), GROUND);
    for (at, tile) in (0..).zip(tiles) {
        let place = |at: u32| GUTTER + at * (side + GUTTER);
        place_tile(&mut page, tile, Rect::square(place(at % columns), place(at / columns), side));
    }
    picture::encode(&page, QUALITY, None)
}

/// Two whole pictures beside each other, as before and after. One that can't be shown is an empty
/// tile.
///
/// Beside the page it takes what opening the larger of them does.
pub fn pair(before: Option<&[u8]>, after: Option<&[u8]>) -> Vec<u8> {
    let side = (WIDTH - GUTTER * 3) / 2;
    let mut page = RgbImage::from_pixel(WIDTH, side + GUTTER * 2, GROUND);
    let limits = crate::artifact::Limits::default().most;
    for (at, bytes) in (0..).zip([before, after]) {
        let place = Rect::square(GUTTER + at * (side + GUTTER), GUTTER, side);
        place_picture(&mut page, bytes.and_then(|it| open(it, side, &limits)), place);
    }
    picture::encode(&page, QUALITY, None)
}

/// Thumbnails are ours, but they have lain in a store since.
const THUMBNAIL: Limits =
    Limits { bytes_max: 2 << 20, side_max: 2048, pixels_max: 2_000_000, memory_max: 20_000_000 };

fn place_picture(page: &mut RgbImage, picture: Option<RgbImage>, at: Rect) {
    match picture {
        Some(picture) => {
            let tile = framed(&picture, at.width);
            paint(page, at, rounded(at, CORNER), |x, y| *tile.get_pixel(x - at.left, y - at.top));
        }
        None => {
            paint(page, at, rounded(at, CORNER), |_, _| EMPTY);
            landscape(page, at.middle(at.width * 3 / 10), EMPTY_MARK);
        }
    }
}

fn place_tile(page: &mut RgbImage, tile: &Tile<'_>, at: Rect) {
    let picture = tile.thumbnail.and_then(|it| open(it, at.width, &THUMBNAIL));
    place_picture(page, picture, at);
    // Sizes for a phone, where the page is some 360 points wide.
    let (mark, margin) = ((at.width / 5).clamp(48, 72), 10);
    // At the bottom, because heads are at the top.
    let top = at.top + at.height - margin - mark;
    if (1..=9).contains(&tile.number) {
        badge(page, Rect::square(at.left + margin, top, mark), tile.number);
    }
    if tile.is_favourite {
        let left = at.left + at.width - margin - mark;
        heart(page, Rect::square(left, top, mark));
    }
}

fn open(bytes: &[u8], side_max: u32, limits: &Limits) -> Option<RgbImage> {
    let format = format::recognise(bytes).ok()?;
    if limits.bytes_max < bytes.len() {
        return None;
    }
    let open = || Picture::open(bytes, format, limits).map(|it| it.copy(side_max));
    catch_unwind(AssertUnwindSafe(open)).ok()?.ok()
}

/// The whole picture in a square, on a dark blur of itself where it doesn't reach.
fn framed(picture: &RgbImage, side: u32) -> RgbImage {
    /// So small that nothing can be recognised.
    const BLURRED_SIDE: u32 = 6;
    let (width, height) = picture.dimensions();
    if (width, height) == (side, side) {
        return picture.clone();
    }
    let blurred = resize::rgb(picture.as_raw(), (width, height), (BLURRED_SIDE, BLURRED_SIDE));
    // In steps, because one long way between two colours shows where it begins and ends.
    let blurred = resize::rgb(blurred.as_raw(), blurred.dimensions(), (24, 24));
    let mut square = resize::rgb(blurred.as_raw(), blurred.dimensions(), (side, side));
    for value in square.iter_mut() {
        *value = (u16::from(*value) / 2 + 12) as u8;
    }
    let (left, top) = ((side - width) / 2, (side - height) / 2);
    image::imageops::replace(&mut square, picture, left.into(), top.into());
    square
}
