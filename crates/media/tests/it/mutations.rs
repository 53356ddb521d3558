//! Damage and nonsense: whatever comes, there is an answer, and a good one is true.

use image::DynamicImage;
use media::artifact::{self, take_in};
use media::collage::{Tile, draw};
use media::{Limits, REMADE_SIDE_MAX, inspect};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::samples::*;

fn originals() -> Vec<Vec<u8>> {
    let picture = shades(64, 48);
    let any = DynamicImage::from(picture.clone());
    vec![
        with_metadata(&jpeg(&picture), 6),
        file("progressive.jpg"),
        png(&any.to_rgba16().into()),
        with_chunk(&png(&any), b"eXIf", &exif(8)),
        webp(&any),
        animated_webp(&picture),
    ]
}

/// A damaged header may say that a small file is a long picture: what is made again of such a one
/// is smaller, in the same proportions.
fn is_all_of(prepared: (u32, u32), seen: (u32, u32)) -> bool {
    let (long, short) = (seen.0.max(seen.1), seen.0.min(seen.1));
    let share = f64::from(prepared.0.max(prepared.1)) / f64::from(long);
    let is_near = (f64::from(prepared.0.min(prepared.1)) - f64::from(short) * share).abs() <= 1.0;
    prepared == seen
        || (REMADE_SIDE_MAX < long && prepared.0.max(prepared.1) == REMADE_SIDE_MAX && is_near)
}

fn check(bytes: &[u8]) {
    if let Ok(seen) = inspect(bytes, &Limits::default()) {
        let prepared = image::load_from_memory(&seen.prepared).unwrap();
        let (is, was) =
            ((prepared.width(), prepared.height()), (seen.look.width, seen.look.height));
        assert!(is_all_of(is, was), "{is:?} of {was:?}");
        assert!(seen.thumbnail.len() < 200_000);
        assert!(image::load_from_memory(&seen.thumbnail).is_ok());
    }
}

fn check_artifact(bytes: &[u8]) {
    if let Ok(taken) = take_in(bytes, &artifact::Limits { side_min: 1, ..Default::default() }) {
        let clean = image::load_from_memory(&taken.clean).unwrap();
        assert_eq!((clean.width(), clean.height()), (taken.width, taken.height));
        assert!(taken.thumbnail.len() < 200_000);
        // There is nothing more to take away, but the encoder's own header of what is made again.
        let again = take_in(&taken.clean, &artifact::Limits { side_min: 1, ..Default::default() });
        assert_eq!(again.unwrap().clean.len(), taken.clean.len());
    }
}

#[test]
fn a_picture_longer_than_is_kept_is_prepared_smaller() {
    for size in [(2096, 64), (64, 2096)] {
        let bytes = png(&DynamicImage::from(shades(size.0, size.1)));
        let prepared = inspect(&bytes, &Limits::default()).unwrap().prepared;
        let prepared = image::load_from_memory(&prepared).unwrap();
        let expected = if size.0 == 64 { (63, 2048) } else { (2048, 63) };
        assert_eq!((prepared.width(), prepared.height()), expected);
        check(&bytes);
    }
}

proptest! {
    #![proptest_config(same_each_time(300))]

    #[test]
    fn damaged_files(
        original in select(originals()),
        changes in vec((any::<Index>(), any::<u8>()), 0..12),
        end in any::<Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = original;
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if is_cut {
            bytes.truncate(end.index(bytes.len()));
        }
        check(&bytes);
        check_artifact(&bytes);
        let tile = Tile { thumbnail: Some(&bytes), number: 1, is_favourite: true };
        assert_eq!(jpeg_size(&draw(&[tile], 3)), (960, 328));
    }

    #[test]
    fn nonsense(start in select(originals()), length in 0..64_usize, rest in vec(any::<u8>(), 0..4000)) {
        let bytes = [&start[..length], rest.as_slice()].concat();
        check(&bytes);
        check_artifact(&bytes);
    }

    #[test]
    fn nonsense_as_a_model(bytes in vec(any::<u8>(), 0..200), header in any::<u8>()) {
        let file = [u64::from(header).to_le_bytes().as_slice(), bytes.as_slice()].concat();
        let _ = media::safetensors::check(file.as_slice(), file.len() as u64, &Default::default());
    }
}
