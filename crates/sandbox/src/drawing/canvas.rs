//! A sheet of pixels with the few shapes that the drawings are made of. What lies outside is cut.

use image::RgbImage;

use super::letters;

pub(super) type Colour = [u8; 3];

/// Wholly covering.
pub(super) const SOLID: u8 = 255;

#[derive(Clone, Copy)]
pub(super) struct Point {
    pub(super) x: i32,
    pub(super) y: i32,
}

pub(super) struct Canvas {
    width: i32,
    height: i32,
    pixels: Vec<u8>,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32) -> Canvas {
        let (width, height) = (width.max(1), height.max(1));
        let pixels = vec![0; width as usize * height as usize * 3];
        let side = |it| i32::try_from(it).unwrap_or(i32::MAX);
        Canvas { width: side(width), height: side(height), pixels }
    }

    /// On a picture that is there.
    pub(super) fn over(picture: RgbImage) -> Canvas {
        let (width, height) = picture.dimensions();
        let mut canvas = Canvas::new(width, height);
        if !picture.is_empty() {
            canvas.pixels = picture.into_raw();
        }
        canvas
    }

    pub(super) fn width(&self) -> i32 {
        self.width
    }

    pub(super) fn height(&self) -> i32 {
        self.height
    }

    pub(super) fn into_image(self) -> RgbImage {
        let side = |it: i32| u32::try_from(it).unwrap_or_default();
        RgbImage::from_raw(side(self.width), side(self.height), self.pixels)
            .expect("there are three bytes a pixel")
    }

    /// One line of pixels, `to` not included.
    pub(super) fn span(&mut self, y: i32, from: i32, to: i32, colour: Colour, cover: u8) {
        let (from, to) = (from.max(0), to.min(self.width));
        if y < 0 || self.height <= y || to <= from {
            return;
        }
        let at = |x: i32| (y as usize * self.width as usize + x as usize) * 3;
        let line = &mut self.pixels[at(from)..at(to)];
        if cover == SOLID {
            for pixel in line.as_chunks_mut::<3>().0 {
                *pixel = colour;
            }
            return;
        }
        let (over, under) = (u16::from(cover), 255 - u16::from(cover));
        let over = colour.map(|it| u16::from(it) * over + 127);
        for pixel in line.as_chunks_mut::<3>().0 {
            for (value, over) in pixel.iter_mut().zip(over) {
                *value = ((u16::from(*value) * under + over) / 255) as u8;
            }
        }
    }

    pub(super) fn rectangle(&mut self, at: Point, size: Point, colour: Colour, cover: u8) {
        for y in at.y.max(0)..(at.y + size.y).min(self.height) {
            self.span(y, at.x, at.x + size.x, colour, cover);
        }
    }

    /// `size` is half of what it takes up.
    pub(super) fn ellipse(&mut self, middle: Point, size: Point, colour: Colour, cover: u8) {
        if size.x <= 0 || size.y <= 0 {
            return;
        }
        for down in -size.y..=size.y {
            let part = down as f32 / size.y as f32;
            let half = (size.x as f32 * (1.0 - part * part).max(0.0).sqrt()) as i32;
            self.span(middle.y + down, middle.x - half, middle.x + half, colour, cover);
        }
    }

    /// The lower half of an ellipse, or the upper one.
    pub(super) fn half_ellipse(
        &mut self,
        middle: Point,
        size: Point,
        is_upper: bool,
        colour: Colour,
    ) {
        for down in 0..=size.y.max(0) {
            let part = down as f32 / size.y.max(1) as f32;
            let half = (size.x as f32 * (1.0 - part * part).max(0.0).sqrt()) as i32;
            let y = if is_upper { middle.y - down } else { middle.y + down };
            self.span(y, middle.x - half, middle.x + half, colour, SOLID);
        }
    }

    /// One line of text, each dot of a letter `scale` pixels wide.
    pub(super) fn text(&mut self, at: Point, scale: i32, colour: Colour, text: &str) {
        let mut x = at.x;
        for letter in text.chars() {
            for (row, bits) in (0..).zip(letters::glyph(letter)) {
                self.dots(Point { x, y: at.y + row * scale }, scale, colour, bits);
            }
            x += letters::WIDTH * scale;
        }
    }

    /// One row of a letter.
    fn dots(&mut self, at: Point, scale: i32, colour: Colour, bits: u16) {
        let mut column = 0;
        while column < letters::WIDTH {
            let begin = column;
            while column < letters::WIDTH && bits & (1 << column) != 0 {
                column += 1;
            }
            for y in at.y..at.y + scale {
                self.span(y, at.x + begin * scale, at.x + column * scale, colour, SOLID);
            }
            column += 1;
        }
    }

    /// Lays a picture, cut to fit, over everything; `cover` says how thickly.
    pub(super) fn lay(&mut self, picture: &RgbImage, cover: u8) {
        let (wide, high) = (i64::from(picture.width()), i64::from(picture.height()));
        let (width, height) = (i64::from(self.width), i64::from(self.height));
        if wide == 0 || high == 0 {
            return;
        }
        // The part of the picture that has our shape, from its middle.
        let (part_x, part_y) = if wide * height < high * width {
            (wide, (wide * height / width).max(1))
        } else {
            ((high * width / height).max(1), high)
        };
        let column = |x: i64| ((wide - part_x) / 2 + x * part_x / width) as usize * 3;
        let columns: Vec<usize> = (0..width).map(column).collect();
        let (over, under) = (u16::from(cover), 255 - u16::from(cover));
        let rows = self.pixels.chunks_exact_mut(width as usize * 3);
        for (y, row) in (0..).zip(rows) {
            let line = ((high - part_y) / 2 + y * part_y / height) as usize * wide as usize * 3;
            let line = &picture.as_raw()[line..line + wide as usize * 3];
            for (pixel, at) in row.as_chunks_mut::<3>().0.iter_mut().zip(&columns) {
                for (value, shown) in pixel.iter_mut().zip(&line[*at..at + 3]) {
                    let mixed = u16::from(*value) * under + u16::from(*shown) * over + 127;
                    *value = (mixed / 255) as u8;
                }
            }
        }
    }
}
