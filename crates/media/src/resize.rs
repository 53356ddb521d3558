//! Copies in other sizes. All by one filter, which looks at every pixel, so that sharpness means
//! the same for small and for large originals.

use std::fmt::Debug;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{InnerPixel, U8, U8x3};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};
use image::{GrayImage, RgbImage};

type Size = (u32, u32);

/// A copy of a picture with one byte for each pixel.
pub(crate) fn grey(pixels: &[u8], from: Size, to: Size) -> GrayImage {
    let copy = typed::<U8>(pixels, from, to);
    GrayImage::from_raw(to.0, to.1, copy).expect("a byte for each pixel")
}

/// A copy of a picture with three bytes for each pixel.
pub(crate) fn rgb(pixels: &[u8], from: Size, to: Size) -> RgbImage {
    let copy = typed::<U8x3>(pixels, from, to);
    RgbImage::from_raw(to.0, to.1, copy).expect("three bytes for each pixel")
}

/// Its caller names the type of pixels, because what chooses it at run time brings code for all
/// fourteen types and takes a minute to compile.
fn typed<P: PixelTrait + InnerPixel + Default + Copy + Debug>(
    pixels: &[u8],
    from: Size,
    to: Size,
) -> Vec<u8> {
    let from = TypedImageRef::<P>::from_buffer(from.0, from.1, pixels)
        .expect("as many bytes as its size asks for");
    let mut bytes = vec![0; to.0 as usize * to.1 as usize * P::size()];
    let mut copy = TypedImage::<P>::from_buffer(to.0, to.1, &mut bytes)
        .expect("as many bytes as its size asks for");
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize_typed(&from, &mut copy, &options).expect("all of it is copied");
    bytes
}

/// The size of a copy with at most this long side.
pub(crate) fn fit((width, height): Size, long_side_max: u32) -> Size {
    let long = width.max(height);
    if long <= long_side_max {
        return (width, height);
    }
    let shorter = |side: u32| {
        let side = u64::from(side) * u64::from(long_side_max);
        ((side + u64::from(long) / 2) / u64::from(long)).max(1) as u32
    };
    (shorter(width), shorter(height))
}
