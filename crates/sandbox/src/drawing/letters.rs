//! Letters of ten dots by twenty: Latin and Cyrillic from a font of embedded-graphics, and what
//! Kazakh has beyond them, made from those.

use std::ops::Range;

use embedded_graphics::geometry::{OriginDimensions, Point};
use embedded_graphics::image::GetPixel;
use embedded_graphics::mono_font::iso_8859_5::FONT_10X20;
use embedded_graphics::pixelcolor::BinaryColor;

pub(super) const WIDTH: i32 = 10;
pub(super) const HEIGHT: i32 = 20;
const ROWS: usize = 20;

/// Rows in which the first and the last dots of a letter add up to this.
const LARGE: usize = 3 + 15;
const SMALL: usize = 8 + 15;

/// The rows of a letter from above; the lowest bit is the dot on the left.
pub(super) type Glyph = [u16; ROWS];

/// A letter that isn't known is a question mark.
pub(super) fn glyph(letter: char) -> Glyph {
    match letter {
        'Ә' => tall(turned(plain('e'), SMALL)),
        'ә' => turned(plain('e'), SMALL),
        'Ғ' => struck(plain('Г'), 9..11, 0..7),
        'ғ' => struck(plain('г'), 11..13, 0..7),
        'Қ' => struck(plain('К'), 14..18, 8..10),
        'қ' => struck(plain('к'), 14..18, 8..10),
        'Ң' => struck(plain('Н'), 14..18, 8..10),
        'ң' => struck(plain('н'), 14..18, 8..10),
        'Ө' => struck(plain('О'), 9..10, 1..9),
        'ө' => struck(plain('о'), 11..12, 1..9),
        'Ү' => plain('Y'),
        'Ұ' => struck(plain('Y'), 11..13, 1..9),
        'ү' => struck(plain('v'), 16..19, 4..6),
        'ұ' => struck(struck(plain('v'), 16..19, 4..6), 16..17, 1..9),
        'Һ' => turned(plain('Ч'), LARGE),
        'һ' => plain('h'),
        '«' | '»' | '“' | '”' | '„' => plain('"'),
        '’' | '‘' => plain('\''),
        '—' | '–' | '·' | '•' => plain('-'),
        '×' => plain('x'),
        letter if letter.is_whitespace() => plain(' '),
        letter => plain(letter),
    }
}

fn plain(letter: char) -> Glyph {
    let font = &FONT_10X20;
    let across = i32::try_from(font.image.size().width).unwrap_or(WIDTH) / WIDTH;
    let index = i32::try_from(font.glyph_mapping.index(letter)).unwrap_or_default();
    let (left, top) = (index % across * WIDTH, index / across * HEIGHT);
    let is_set =
        |x: i32, y| font.image.pixel(Point::new(left + x, top + y)) == Some(BinaryColor::On);
    let mut glyph = [0; ROWS];
    for (row, y) in glyph.iter_mut().zip(0..) {
        *row = (0..WIDTH).filter(|x| is_set(*x, y)).fold(0, |bits, x| bits | 1 << x);
    }
    glyph
}

/// Turned upside down between its first row and its last, and so from left to right.
fn turned(glyph: Glyph, rows: usize) -> Glyph {
    std::array::from_fn(|y| match rows.checked_sub(y).and_then(|it| glyph.get(it)) {
        Some(row) => (row & 0x3ff).reverse_bits() >> 6,
        None => 0,
    })
}

/// A small letter as high as a capital one.
fn tall(glyph: Glyph) -> Glyph {
    let (from, rows) = (3, 13);
    std::array::from_fn(|y| match y.checked_sub(from) {
        Some(down) if down < rows => glyph[8 + down * 8 / rows],
        _ => 0,
    })
}

/// With a bar or a hook.
fn struck(mut glyph: Glyph, rows: Range<usize>, columns: Range<u16>) -> Glyph {
    let bar = columns.fold(0, |bits, x| bits | 1 << x);
    glyph[rows].iter_mut().for_each(|it| *it |= bar);
    glyph
}
