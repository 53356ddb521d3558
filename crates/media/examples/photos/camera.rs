//! A photo as cameras store it: grain, and colour at half resolution, which the encoder that the
//! product uses doesn't do. The header and its tables are that encoder's (ITU T.81, annexes B, F).

use std::f32::consts::{FRAC_1_SQRT_2, PI};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{GrayImage, Luma, RgbImage};

/// The shared portrait, enlarged.
pub fn photo(width: u32, height: u32) -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/photos/portrait-1.jpg");
    let portrait = image::open(path).expect("the shared portrait");
    let mut photo = portrait.resize_to_fill(width, height, FilterType::Triangle).into_rgb8();
    let mut seed = 1_u32;
    for pixel in photo.pixels_mut() {
        // Four dice make a bell.
        let mut grain = 0;
        for _ in 0..4 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            grain += (seed >> 24) as i32 % 8;
        }
        pixel.0 = pixel.0.map(|it| (i32::from(it) + grain - 14).clamp(0, 255) as u8);
    }
    jpeg(&photo, 88)
}

/// The same with an EXIF segment that says how the camera was held and nothing else.
pub fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"\xFF\xE1\0\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    [&jpeg[..2], &exif, &jpeg[2..]].concat()
}

fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let (width, height) = picture.dimensions();
    let mut header = Vec::new();
    let any = RgbImage::new(8, 8);
    JpegEncoder::new_with_quality(&mut header, quality).encode_image(&any).expect("a JPEG");
    let tables = Tables::take(&mut header, width as u16, height as u16);
    let [luma, blue, red] = planes(picture);
    let waves = waves();
    let (mut bits, mut before) = (Bits { bytes: header, held: 0, count: 0 }, [0; 3]);
    for y in (0..height).step_by(16) {
        for x in (0..width).step_by(16) {
            for (x, y) in [(x, y), (x + 8, y), (x, y + 8), (x + 8, y + 8)] {
                block(&mut bits, &tables.0[0], &frequencies(&luma, x, y, &waves), &mut before[0]);
            }
            for (plane, before) in [&blue, &red].into_iter().zip(&mut before[1..]) {
                let frequencies = frequencies(plane, x / 2, y / 2, &waves);
                block(&mut bits, &tables.0[1], &frequencies, before);
            }
        }
    }
    // Fills the last byte.
    bits.push(0x7F, 7);
    bits.bytes.extend([0xFF, 0xD9]);
    bits.bytes
}

/// Luma, and both colours at half resolution (JFIF 1.02).
fn planes(picture: &RgbImage) -> [GrayImage; 3] {
    let (width, height) = picture.dimensions();
    let sum = |[r, g, b]: [u8; 3], [by_r, by_g, by_b]: [f32; 3]| {
        f32::from(r) * by_r + f32::from(g) * by_g + f32::from(b) * by_b
    };
    let luma = GrayImage::from_fn(width, height, |x, y| {
        Luma([sum(picture.get_pixel(x, y).0, [0.299, 0.587, 0.114]) as u8])
    });
    let [blue, red] = [[-0.1687, -0.3313, 0.5], [0.5, -0.4187, -0.0813]].map(|weights| {
        GrayImage::from_fn(width / 2, height / 2, |x, y| {
            let four = [(0, 0), (1, 0), (0, 1), (1, 1)];
            let colour = four.map(|(right, down)| {
                sum(picture.get_pixel(2 * x + right, 2 * y + down).0, weights)
            });
            Luma([(colour.iter().sum::<f32>() / 4.0 + 128.5) as u8])
        })
    });
    [luma, blue, red]
}

type Block = [[f32; 8]; 8];

/// For each frequency, its wave, scaled as in T.81, A.3.3.
fn waves() -> Block {
    std::array::from_fn(|frequency| {
        std::array::from_fn(|at| {
            let scale = if frequency == 0 { FRAC_1_SQRT_2 } else { 1.0 };
            scale / 2.0 * ((2 * at + 1) as f32 * frequency as f32 * PI / 16.0).cos()
        })
    })
}

/// Of the block at this place, row by row. Beyond its edge a plane goes on as it ends.
fn frequencies(plane: &GrayImage, x: u32, y: u32, waves: &Block) -> Block {
    let (right, bottom) = (plane.width() - 1, plane.height() - 1);
    let dot = |left: &[f32; 8], right: &[f32; 8]| -> f32 {
        left.iter().zip(right).map(|(left, right)| left * right).sum()
    };
    // Rows first; the columns of what they give are its rows.
    let across: Block = std::array::from_fn(|down| {
        let pixels = std::array::from_fn(|at| {
            let pixel = plane.get_pixel((x + at as u32).min(right), (y + down as u32).min(bottom));
            f32::from(pixel.0[0]) - 128.0
        });
        std::array::from_fn(|frequency| dot(&waves[frequency], &pixels))
    });
    let columns: Block = std::array::from_fn(|at| std::array::from_fn(|row| across[row][at]));
    std::array::from_fn(|down| std::array::from_fn(|at| dot(&waves[down], &columns[at])))
}

/// For luma and for colour: divisors in zigzag order, and code and length for each symbol.
struct Tables([Table; 2]);

struct Table {
    divisors: [u8; 64],
    first: [(u32, u32); 256],
    rest: [(u32, u32); 256],
}

impl Tables {
    /// Out of a small JPEG, of which only the header stays, changed to the real size.
    fn take(header: &mut Vec<u8>, width: u16, height: u16) -> Self {
        let empty = || Table { divisors: [1; 64], first: [(0, 0); 256], rest: [(0, 0); 256] };
        let mut tables = [empty(), empty()];
        let mut at = 2;
        loop {
            let (code, from) = (header[at + 1], at + 4);
            let end = at + 2 + usize::from(u16::from_be_bytes([header[at + 2], header[at + 3]]));
            let body = &mut header[from..end];
            match code {
                0xC0 => {
                    body[1..3].copy_from_slice(&height.to_be_bytes());
                    body[3..5].copy_from_slice(&width.to_be_bytes());
                    // Two luma blocks across and down for one of each colour.
                    body[7] = 0x22;
                }
                0xDB => {
                    for body in body.chunks_exact(65) {
                        tables[usize::from(body[0])].divisors.copy_from_slice(&body[1..]);
                    }
                }
                0xC4 => {
                    let table = &mut tables[usize::from(body[0] & 15)];
                    let codes = if body[0] < 16 { &mut table.first } else { &mut table.rest };
                    read_codes(body, codes);
                }
                _ => {}
            }
            at = end;
            if code == 0xDA {
                header.truncate(end);
                return Self(tables);
            }
        }
    }
}

/// T.81, annex C: codes of one length count up, and a longer one begins where they end.
fn read_codes(body: &[u8], codes: &mut [(u32, u32); 256]) {
    let (mut code, mut symbols) = (0, body[17..].iter());
    for (length, count) in (1..).zip(&body[1..17]) {
        for symbol in symbols.by_ref().take(usize::from(*count)) {
            codes[usize::from(*symbol)] = (code, length);
            code += 1;
        }
        code <<= 1;
    }
}

/// T.81, F.1.2: the mean as the difference to the one before, then runs of zeros and what ends them.
fn block(bits: &mut Bits, table: &Table, frequencies: &Block, before: &mut i32) {
    let mut zeros = 0;
    for (at, (row, column)) in zigzag().enumerate() {
        let value = (frequencies[row][column] / f32::from(table.divisors[at])).round() as i32;
        if at == 0 {
            bits.push_number(&table.first, 0, value - *before);
            *before = value;
        } else if value == 0 {
            zeros += 1;
        } else {
            for _ in 0..zeros / 16 {
                bits.push_symbol(&table.rest, 0xF0);
            }
            bits.push_number(&table.rest, zeros % 16, value);
            zeros = 0;
        }
    }
    if 0 < zeros {
        bits.push_symbol(&table.rest, 0);
    }
}

/// Row and column, diagonal after diagonal, up and down in turn.
fn zigzag() -> impl Iterator<Item = (usize, usize)> {
    (0..15_usize).flat_map(|sum| {
        let (from, to) = (sum.saturating_sub(7), sum.min(7));
        (from..=to).map(move |it| {
            let row = if sum % 2 == 0 { from + to - it } else { it };
            (row, sum - row)
        })
    })
}

struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, length: u32) {
        self.held = self.held << length | value;
        self.count += length;
        while 8 <= self.count {
            self.count -= 8;
            let byte = (self.held >> self.count) as u8;
            self.bytes.push(byte);
            if byte == 0xFF {
                self.bytes.push(0);
            }
        }
        self.held &= (1 << self.count) - 1;
    }

    fn push_symbol(&mut self, codes: &[(u32, u32); 256], symbol: usize) {
        let (code, length) = codes[symbol];
        self.push(code, length);
    }

    /// How many zeros are before it and how long it is, then its bits; below zero, less one.
    fn push_number(&mut self, codes: &[(u32, u32); 256], zeros: usize, value: i32) {
        let length = i32::BITS - value.abs().leading_zeros();
        self.push_symbol(codes, zeros << 4 | length as usize);
        let bits = if value < 0 { value - 1 } else { value } as u32;
        self.push(bits & ((1 << length) - 1), length);
    }
}
