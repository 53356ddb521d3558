//! Whether all of a film is there. Its header may promise more than came, and who only reads the
//! header doesn't see it.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::run::{Call, Collected};
use super::{Probed, Tools, VideoError, unreadable};

/// What is told twice a second while it decodes, for as long as a call may take.
const ANSWER_BYTES_MAX: usize = 4 << 20;

/// How long something is to be seen in a film, by decoding all of it.
pub fn shown_ms(
    tools: &Tools,
    path: &Path,
    probed: &Probed,
    cancel: &AtomicBool,
) -> Result<u64, VideoError> {
    let Some(video) = &probed.video else {
        return Err(unreadable("there is nothing to see in it"));
    };
    let threads = tools.limits.threads.max(1).to_string();
    let mut told = Collected::up_to(ANSWER_BYTES_MAX);
    let mut call = Call::ffmpeg(tools);
    call.input(path, &["-threads", &threads])?;
    call.add(["-map", "0:V:0", "-progress", "pipe:1", "-f", "null", "-"]);
    call.run(tools, cancel, &mut |it| told.take(it))?;
    let told = String::from_utf8_lossy(&told.bytes);
    let last = |name: &str| -> u64 {
        let found = told.lines().rev().find_map(|it| it.strip_prefix(name));
        found.and_then(|it| it.trim().parse().ok()).unwrap_or_default()
    };
    let until = last("out_time_us=") / 1_000;
    // Of frames that are missing in between the end says nothing.
    Ok(match video.frames {
        Some(promised) if 0 < promised => until * last("frame=").min(promised) / promised,
        Some(_) | None => until,
    })
}
