//! A customer's video made into a background: upright, of one size and rate, silent, and without a
//! word about where it was taken.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::run::Call;
use super::{Frame, Probed, Tools, VideoError, colour, probe, unreadable};

pub const DURATION_MS_MAX: u64 = 15_000;
/// What cameras add to a video that was stopped at fifteen seconds.
const GRACE_MS: u64 = 500;
pub const FPS: u32 = 25;

/// Whether it would be taken, so that a customer can be told before anything is done.
pub fn judge(probed: &Probed) -> Result<(), VideoError> {
    if probed.video.is_none() {
        return Err(unreadable("there is nothing to see in it"));
    }
    if DURATION_MS_MAX + GRACE_MS < probed.duration_ms {
        return Err(VideoError::TooLong { limit_ms: DURATION_MS_MAX });
    }
    Ok(())
}

/// H.264 of this size with 25 frames a second; what doesn't fit is cut off at its edges.
pub fn take_in(
    tools: &Tools,
    from: &Path,
    to: &Path,
    frame: Frame,
    cancel: &AtomicBool,
) -> Result<Probed, VideoError> {
    let probed = probe(tools, from)?;
    judge(&probed)?;
    let Some(video) = &probed.video else { return Err(unreadable("there is nothing to see")) };
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
    call.add(["-map", "0:V:0", "-an", "-sn", "-dn", "-vf", &filter, "-t", "15"]);
    call.add(["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-threads", &threads]);
    call.add(colour::TAGS);
    call.add(["-map_metadata", "-1", "-map_metadata:s:v", "-1", "-map_chapters", "-1"]);
    call.add(["-fflags", "+bitexact", "-flags:v", "+bitexact"]);
    call.add(["-movflags", "+faststart", "-f", "mp4"]).output(to)?;
    call.run(tools, cancel, &mut |_| {})?;
    let taken = probe(tools, to)?;
    if taken.video.is_none() { Err(unreadable("not a frame came of it")) } else { Ok(taken) }
}
