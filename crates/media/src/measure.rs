//! Numbers that say something about a photo as a whole.

use image::{GrayImage, RgbImage};

use crate::resize;

/// The luma of ITU-R BT.601, which is what a JPEG stores.
pub(crate) fn luma(picture: &RgbImage) -> GrayImage {
    let pixels = picture.as_raw().as_chunks::<3>().0.iter();
    let luma = pixels.map(|[r, g, b]| {
        ((u32::from(*r) * 77 + u32::from(*g) * 150 + u32::from(*b) * 29 + 128) >> 8) as u8
    });
    GrayImage::from_raw(picture.width(), picture.height(), luma.collect())
        .expect("a byte for each pixel")
}

pub(crate) fn brightness(luma: &GrayImage) -> u8 {
    let sum: u64 = luma.as_raw().iter().map(|it| u64::from(*it)).sum();
    (sum / (luma.as_raw().len() as u64).max(1)) as u8
}

/// The variance of the Laplacian: how much each pixel differs from the mean of its four
/// neighbours. Edges make it high, and blur takes edges away.
pub(crate) fn sharpness(luma: &GrayImage) -> u32 {
    let width = luma.width() as usize;
    let rows: Vec<&[u8]> = luma.as_raw().chunks_exact(width).collect();
    let (mut sum, mut squares, mut count) = (0_i64, 0_i64, 0_i64);
    for rows in rows.windows(3) {
        for x in 1..width.max(1) - 1 {
            let at = |row: usize, x: usize| i32::from(rows[row][x]);
            let around = at(0, x) + at(2, x) + at(1, x - 1) + at(1, x + 1);
            let value = i64::from(around - 4 * at(1, x));
            sum += value;
            squares += value * value;
            count += 1;
        }
    }
    let count = count.max(1);
    ((squares - sum * sum / count) / count) as u32
}

const HASH_SIDE: u32 = 8;

/// A bit for each of 8×8 places: is it brighter there than to the right of it? Survives another
/// size, quality or exposure, and hardly a crop.
pub(crate) fn near_hash(luma: &GrayImage) -> u64 {
    let small = resize::grey(luma.as_raw(), luma.dimensions(), (HASH_SIDE + 1, HASH_SIDE));
    let rows = small.as_raw().chunks_exact(HASH_SIDE as usize + 1);
    rows.flat_map(|row| row.windows(2).map(|it| it[1] < it[0]))
        .fold(0, |hash, bit| hash << 1 | u64::from(bit))
}
