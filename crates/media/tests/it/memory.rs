//! What the largest files that are opened take while they are open, and what bombs take.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use image::{ImageBuffer, Rgba, RgbaImage};
use media::{Limits, Unreadable, inspect};

use crate::samples::*;

/// Counts what each thread holds, so that tests beside this one don't disturb it.
struct Counting;

thread_local! {
    static HELD: Cell<i64> = const { Cell::new(0) };
    static PEAK: Cell<i64> = const { Cell::new(0) };
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(bytes: i64) {
    HELD.set(HELD.get() + bytes);
    PEAK.set(PEAK.get().max(HELD.get()));
}

#[expect(unsafe_code, reason = "the only way to see every allocation; it just passes them on")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as i64);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as i64);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // While it grows, old and new may be there together.
        if layout.size() < size {
            count(size as i64);
            count(-(layout.size() as i64));
        } else {
            count(size as i64 - layout.size() as i64);
        }
        unsafe { System.realloc(at, layout, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-(layout.size() as i64));
        unsafe { System.dealloc(at, layout) }
    }
}

/// The most bytes that this thread held at once beyond those that it holds already.
pub fn peak<T>(work: impl FnOnce() -> T) -> i64 {
    let before = HELD.get();
    PEAK.set(before);
    drop(work());
    PEAK.get() - before
}

const MB: i64 = 1_000_000;
const PEAK_MAX: i64 = 256 * MB;

#[test]
fn the_largest_files_fit() {
    // Pictures of one shade, because tests are slow to fill and to compress others.
    let clear =
        |side: u32| RgbaImage::from_raw(side, side, vec![200; (side * side * 4) as usize]).unwrap();
    let deep = ImageBuffer::<Rgba<u16>, _>::from_raw(4890, 4890, vec![0; 4890 * 4890 * 4]).unwrap();
    for (name, bytes, opens) in [
        ("a jpeg of 64 megapixels", flat_jpeg(8000, 8000), true),
        ("its grey twin", flat_grey_jpeg(8000, 8000), true),
        // Its pixels end early, which is seen only after all memory was taken.
        ("a progressive jpeg", resized(&file("progressive.jpg"), 5600, 5600), false),
        ("a png of 16 bits", png(&deep.into()), true),
        ("a png with alpha", png(&clear(6900).into()), true),
        ("a png with a profile that grows", png_with_profile(150 << 20), true),
        ("a webp", webp(&clear(4300).into()), true),
    ] {
        let mut opened = false;
        let bytes = peak(|| {
            let seen = inspect(&bytes, &Limits::default());
            assert_ne!(seen.as_ref().err(), Some(&Unreadable::TooLarge), "{name}");
            opened = seen.is_ok();
            seen
        });
        println!("{name}: {} MB", bytes / MB);
        assert!(opened || !opens, "{name} wasn't opened");
        assert!(bytes < PEAK_MAX, "{name} took {} MB", bytes / MB);
    }
}

#[test]
fn what_is_too_large_costs_nothing() {
    let photo = jpeg(&shades(64, 48));
    for (name, bytes) in [
        ("png", png_header(60_000, 60_000)),
        ("jpeg", resized(&photo, 65_500, 65_500)),
        ("progressive jpeg", resized(&file("progressive.jpg"), 16_000, 16_000)),
        ("webp", webp_header(16_000, 16_000)),
    ] {
        let bytes = peak(|| inspect(&bytes, &Limits::default()));
        assert!(bytes < MB, "{name} took {bytes} bytes");
    }
}
