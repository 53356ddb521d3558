//! The second look: a small network that says how likely a window is a face, and where in and
//! around the window that face really is.
//!
//! It sees gradients only. For a patch of the window, in each of its four quarters, it is told the
//! sum of the horizontal and of the vertical gradients and of their absolute values, each counted
//! apart by the sign of the other one ("SURF" features): 32 numbers, scaled to length one.

use super::WINDOW;

pub(super) struct Network {
    pub patches: Vec<Patch>,
    /// A window with no more than this likelihood is refused.
    pub floor: f32,
    pub layers: Vec<Layer>,
}

pub(super) struct Layer {
    pub inputs: usize,
    /// `inputs` weights for each output.
    pub weights: Vec<f32>,
    pub biases: Vec<f32>,
}

/// What a network thinks of a window, each between 0 and 1.
pub(super) struct Opinion {
    pub likelihood: f32,
    /// A half means that the window is in its place; 0 and 1 are a whole window away.
    pub x: f32,
    pub y: f32,
    /// A half means that the face is as large as the window, 1 twice as large.
    pub side: f32,
}

impl Network {
    /// Nothing if the window isn't a face.
    pub(super) fn judge(&self, gradients: &Gradients) -> Option<Opinion> {
        let mut values: Vec<f32> = Vec::with_capacity(self.patches.len() * PATCH_NUMBERS);
        for patch in &self.patches {
            values.extend(gradients.describe(patch));
        }
        let (last, layers) = self.layers.split_last()?;
        for layer in layers {
            values = layer.run(&values).map(|it| it.max(0.0)).collect();
        }
        let answer: Vec<f32> = last.run(&values).map(|it| 1.0 / (1.0 + (-it).exp())).collect();
        let &[likelihood, x, y, side] = answer.as_slice() else { return None };
        (self.floor < likelihood).then_some(Opinion { likelihood, x, y, side })
    }
}

impl Layer {
    fn run(&self, values: &[f32]) -> impl Iterator<Item = f32> {
        let rows = self.weights.chunks_exact(self.inputs).zip(&self.biases);
        rows.map(move |(weights, bias)| dot(weights, values) + bias)
    }
}

/// Eight sums side by side, because one long sum can't be computed in parallel.
fn dot(left: &[f32], right: &[f32]) -> f32 {
    let (left, left_rest) = left.as_chunks::<8>();
    let (right, right_rest) = right.as_chunks::<8>();
    let mut sums = [0.0_f32; 8];
    for (left, right) in left.iter().zip(right) {
        for lane in 0..8 {
            sums[lane] += left[lane] * right[lane];
        }
    }
    let rest: f32 = left_rest.iter().zip(right_rest).map(|(left, right)| left * right).sum();
    sums.iter().sum::<f32>() + rest
}

const CHANNELS: usize = 8;
/// Four quarters of eight channels.
const PATCH_NUMBERS: usize = 4 * CHANNELS;

type Row = [i16; WINDOW];

/// The gradient channels of a window. Each row is the sum of the pixels above it, so the first one
/// is zero; the largest sum, 40 steps of twice 255, fits.
pub(super) struct Gradients([[Row; WINDOW + 1]; CHANNELS]);

impl Gradients {
    pub(super) fn of(window: &[[u8; WINDOW]; WINDOW]) -> Self {
        let mut sums = [[[0; WINDOW]; WINDOW + 1]; CHANNELS];
        for (y, row) in window.iter().enumerate() {
            let across = slopes_across(row);
            let down = slopes_down(window, y);
            let signs = [(&across, &down), (&down, &across)];
            for ((values, other), sums) in signs.iter().zip(sums.as_chunks_mut::<4>().0) {
                let [rising, rising_size, falling, falling_size] = sums;
                for x in 0..WINDOW {
                    let (value, size) = (values[x], values[x].abs());
                    // All bits where the other gradient falls; no branch, for speed.
                    let falls = other[x] >> 15;
                    rising[y + 1][x] = rising[y][x] + (value & !falls);
                    rising_size[y + 1][x] = rising_size[y][x] + (size & !falls);
                    falling[y + 1][x] = falling[y][x] + (value & falls);
                    falling_size[y + 1][x] = falling_size[y][x] + (size & falls);
                }
            }
        }
        Self(sums)
    }

    fn describe(&self, patch: &Patch) -> [f32; PATCH_NUMBERS] {
        let (width, height) = (patch.width / 2, patch.height / 2);
        let mut numbers = [0.0; PATCH_NUMBERS];
        for (quarter, numbers) in numbers.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
            let x = patch.x + quarter % 2 * width;
            let y = patch.y + quarter / 2 * height;
            for (number, sums) in numbers.iter_mut().zip(&self.0) {
                let (above, below) = (&sums[y][x..x + width], &sums[y + height][x..x + width]);
                let columns = above.iter().zip(below);
                *number =
                    columns.map(|(above, below)| i32::from(below - above)).sum::<i32>() as f32;
            }
        }
        let length = numbers.iter().map(|it| it * it).sum::<f32>().sqrt();
        if 0.0 < length { numbers.map(|it| it / length) } else { numbers }
    }
}

const LAST: usize = WINDOW - 1;

/// Slopes go over two pixels; at an edge there is only one step, which counts double.
fn slopes_across(row: &[u8; WINDOW]) -> Row {
    let mut slopes = [0; WINDOW];
    for x in 1..LAST {
        slopes[x] = i16::from(row[x + 1]) - i16::from(row[x - 1]);
    }
    slopes[0] = 2 * (i16::from(row[1]) - i16::from(row[0]));
    slopes[LAST] = 2 * (i16::from(row[LAST]) - i16::from(row[LAST - 1]));
    slopes
}

fn slopes_down(window: &[[u8; WINDOW]; WINDOW], y: usize) -> Row {
    let (above, below) = (&window[y.saturating_sub(1)], &window[(y + 1).min(LAST)]);
    let steps = if y == 0 || y == LAST { 2 } else { 1 };
    std::array::from_fn(|x| steps * (i16::from(below[x]) - i16::from(above[x])))
}

/// A part of the window.
#[derive(Clone, Copy)]
pub(super) struct Patch {
    x: usize,
    y: usize,
    width: usize,
    height: usize,
}

impl Patch {
    /// All patches in the order in which the model counts them: of each shape, from small to
    /// large, and over the window from left to right and from top to bottom.
    pub(super) fn pool() -> Vec<Self> {
        const SHAPES: [(usize, usize); 5] = [(1, 1), (1, 2), (2, 1), (2, 3), (3, 2)];
        const SIDE_MIN: usize = 16;
        const STRIDE: usize = 16;
        let mut pool = Vec::new();
        for (across, down) in SHAPES {
            for height in (SIDE_MIN..=WINDOW).filter(|it| it % 2 == 0 && it % down == 0) {
                let width = height / down * across;
                if width % 2 != 0 || !(SIDE_MIN..=WINDOW).contains(&width) {
                    continue;
                }
                for y in (0..=WINDOW - height).step_by(STRIDE) {
                    for x in (0..=WINDOW - width).step_by(STRIDE) {
                        pool.push(Self { x, y, width, height });
                    }
                }
            }
        }
        pool
    }
}
