//! A customer's video made into a background: upright, of one size and rate, silent, and without a
//! word about where it was taken.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::run::Call;
use super::{Frame, Probed, Tools, VideoError, colour, probe, unreadable};

/// What cameras add to a video that was stopped at a whole second.
const GRACE_MS: u64 = 500;
pub const FPS: u32 = 25;

/// H.264 of this size with 25 frames a second; what doesn't fit is cut off at its edges. One that is
/// longer than so many seconds is not taken.
pub fn take_in(
    tools: &Tools,
    from: &Path,
    to: &Path,
    frame: Frame,
    seconds_max: u32,
    cancel: &AtomicBool,
) -> Result<Probed, VideoError> {
    let probed = probe(tools, from)?;
    let Some(video) = &probed.video else {
        return Err(unreadable("there is nothing to see in it"));
    };
    let limit_ms = u64::from(seconds_max) * 1000;
    if limit_ms + GRACE_MS < probed.duration_ms {
        return Err(VideoError::TooLong { limit_ms });
    }
    let Frame { width, height } = frame.even();
    let fill = format!("scale={width}:{height}:force_original_aspect_ratio=increase:flags=bicubic");
    let colours = if colour::is_hdr(video) {
        format!("{fill},{}", colour::tone_map(video))
    } else {
        format!("{fill}:{}", colour::to_709(video))
    };
    let filter = format!("fps={FPS},{colours},crop={width}:{height},setsar=1,format=yuv420p");
    let threads = tools.limits.threads.max(1).to_string();
    let mut call = Call::ffmpeg(tools);
    call.input(from, &["-threads", &threads])?;
    call.add([
        "-map",
        "0:V:0",
        "-an",
        "-sn",
        "-dn",
        "-vf",
        &filter,
        "-t",
        &seconds_max.to_string(),
    ]);
    call.add(["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-threads", &threads]);
    call.add(colour::TAGS);
    call.add(["-map_metadata", "-1", "-map_metadata:s:v", "-1", "-map_chapters", "-1"]);
    call.add(["-fflags", "+bitexact", "-flags:v", "+bitexact"]);
    call.add(["-movflags", "+faststart", "-f", "mp4"]).output(to)?;
    call.run(tools, cancel, &mut |_| {})?;
    let taken = probe(tools, to)?;
    if taken.video.is_none() { Err(unreadable("not a frame came of it")) } else { Ok(taken) }
}
