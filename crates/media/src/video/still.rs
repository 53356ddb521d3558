//! One picture of a video, by our own JPEG encoder.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use image::RgbImage;

use super::run::{Call, Collected};
use super::{Tools, VideoError, colour, probe, unreadable};
use crate::{picture, resize};

/// As Telegram wants them (Bot API, `thumbnail`).
const SIDE_MAX: u32 = 320;
/// Even noise stays below 200 kB.
const QUALITY: u8 = 80;
/// The first moment often is before anybody opens their mouth, or black.
const MOMENT_MS: u64 = 700;

/// A JPEG of at most 320 pixels and 200 kB.
pub fn thumbnail(tools: &Tools, path: &Path) -> Result<Vec<u8>, VideoError> {
    Ok(picture::encode(&frame(tools, path)?, QUALITY, None))
}

fn frame(tools: &Tools, path: &Path) -> Result<RgbImage, VideoError> {
    let probed = probe(tools, path)?;
    let Some(video) = &probed.video else { return Err(unreadable("there is nothing to see")) };
    let upright = video.upright();
    let (width, height) = resize::fit((upright.width, upright.height), SIDE_MAX);
    let moment = MOMENT_MS.min(probed.duration_ms / 2);
    let moment = format!("{}.{:03}", moment / 1000, moment % 1000);
    let scale = format!("scale={width}:{height}:flags=area:{}", colour::to_709(video));
    let mut call = Call::ffmpeg(tools);
    call.input(path, &["-ss", &moment])?;
    call.add(["-map", "0:V:0", "-frames:v", "1", "-vf", &scale]);
    call.add(["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]);
    let mut pixels = Collected::up_to(width as usize * height as usize * 3);
    call.run(tools, &AtomicBool::new(false), &mut |it| pixels.take(it))?;
    RgbImage::from_raw(width, height, pixels.bytes).ok_or_else(|| unreadable("not one frame"))
}
