//! The first look at a picture: fast, and glad to be wrong in what it lets through.
//!
//! A code says in eight bits which of the eight 3×3 squares around a 3×3 square are no brighter
//! than it ("locally assembled binary" features). A cascade adds up one weight for each of 150
//! codes in a window and gives up as soon as the sum falls below a floor.

use image::GrayImage;

use super::{STEP, WINDOW};

/// Values that a code can have.
pub(super) const CODES: usize = 256;

const SQUARE: usize = 3;
/// A code looks at three squares a side.
const REACH: usize = 3 * SQUARE;
/// The sum is compared with the floor after so many codes.
const GROUP: usize = 10;
/// Flat windows (sky, wall) are never faces, whatever their codes say.
const VARIANCE_MIN: u64 = 100;

pub(super) struct Boosted {
    /// Where in the window each code is read: column, row.
    pub places: Vec<(usize, usize)>,
    /// The least sum after each code; only the last of each group counts.
    pub floors: Vec<f32>,
    /// [`CODES`] weights for each place.
    pub weights: Vec<f32>,
}

/// A window that a cascade took: its place in the picture and the sum.
pub(super) struct Taken {
    pub x: usize,
    pub y: usize,
    pub score: f32,
}

impl Boosted {
    pub(super) fn windows(&self, picture: &GrayImage, codes: &Codes) -> Vec<Taken> {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let mut taken = Vec::new();
        for y in (0..=height - WINDOW).step_by(STEP) {
            // Code by code for all windows of a row that are still in, because a processor adds
            // to many sums faster than to one.
            let mut left: Vec<(usize, f32)> =
                (0..=(width - WINDOW) / STEP).map(|at| (at, 0.0)).collect();
            for (group, floors) in self.floors.chunks(GROUP).enumerate() {
                for (place, weights) in self.codes(group) {
                    let codes = codes.row(y, *place);
                    for (at, score) in &mut left {
                        *score += weights[usize::from(codes[*at])];
                    }
                }
                let floor = floors.last().copied().unwrap_or_default();
                left.retain(|(_, score)| floor <= *score);
            }
            let windows = left.into_iter().map(|(at, score)| Taken { x: at * STEP, y, score });
            taken.extend(windows.filter(|it| VARIANCE_MIN < variance(picture, it.x, y)));
        }
        taken
    }

    fn codes(&self, group: usize) -> impl Iterator<Item = (&(usize, usize), &[f32; CODES])> {
        let from = group * GROUP;
        let places = self.places[from..].iter().take(GROUP);
        places.zip(self.weights[from * CODES..].as_chunks().0)
    }
}

/// The codes of a picture. Those that the windows of a row read at one of their places lie side by
/// side: the columns are dealt out to [`STEP`] planes.
pub(super) struct Codes {
    /// Columns in a plane.
    width: usize,
    planes: [Vec<u8>; STEP],
}

impl Codes {
    pub(super) fn of(picture: &GrayImage) -> Self {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let sums = square_sums(picture.as_raw(), width);
        let (columns, rows) = (width + 1 - REACH, height + 1 - REACH);
        let plane = width.div_ceil(STEP);
        let mut planes = std::array::from_fn(|_| vec![0; plane * rows]);
        let mut codes = vec![0; columns];
        for y in 0..rows {
            // The same squares for each column, as slices that begin one square apart.
            let row = |down: usize, right: usize| {
                &sums[(y + down * SQUARE) * width + right * SQUARE..][..columns]
            };
            let (a, b, c) = (row(0, 0), row(0, 1), row(0, 2));
            let (d, middle, e) = (row(1, 0), row(1, 1), row(1, 2));
            let (f, g, h) = (row(2, 0), row(2, 1), row(2, 2));
            for (x, code) in codes.iter_mut().enumerate() {
                let bit = |other: &[i16], bit: u8| u8::from(middle[x] >= other[x]) << bit;
                *code = bit(a, 7) | bit(b, 6) | bit(c, 5);
                *code |= bit(d, 4) | bit(e, 3);
                *code |= bit(f, 2) | bit(g, 1) | bit(h, 0);
            }
            for (x, codes) in codes.chunks(STEP).enumerate() {
                for (plane_at, code) in codes.iter().enumerate() {
                    planes[plane_at][y * plane + x] = *code;
                }
            }
        }
        Self { width: plane, planes }
    }

    /// What the windows with this upper edge read at a place, from left to right.
    fn row(&self, y: usize, (right, down): (usize, usize)) -> &[u8] {
        let row = &self.planes[right % STEP][(y + down) * self.width..][..self.width];
        &row[right / STEP..]
    }
}

/// The sum of each 3×3 square, at the place of its upper left pixel.
fn square_sums(pixels: &[u8], width: usize) -> Vec<i16> {
    let rows = pixels.len() / width + 1 - SQUARE;
    let mut sums = vec![0; width * rows];
    let mut column = vec![0; width];
    for (y, sums) in sums.chunks_exact_mut(width).enumerate() {
        let row = |down: usize| &pixels[(y + down) * width..][..width];
        let (a, b, c) = (row(0), row(1), row(2));
        for (x, sum) in column.iter_mut().enumerate() {
            *sum = i16::from(a[x]) + i16::from(b[x]) + i16::from(c[x]);
        }
        let (a, b, c) = (&column[..width - 2], &column[1..width - 1], &column[2..]);
        for (x, sum) in sums[..width - 2].iter_mut().enumerate() {
            *sum = a[x] + b[x] + c[x];
        }
    }
    sums
}

fn variance(picture: &GrayImage, left: usize, top: usize) -> u64 {
    let width = picture.width() as usize;
    let (mut sum, mut squares) = (0_u32, 0_u32);
    for y in top..top + WINDOW {
        for pixel in &picture.as_raw()[y * width + left..][..WINDOW] {
            let pixel = u32::from(*pixel);
            sum += pixel;
            squares += pixel * pixel;
        }
    }
    let (sum, squares, count) = (u64::from(sum), u64::from(squares), (WINDOW * WINDOW) as u64);
    (squares * count - sum * sum) / (count * count)
}
