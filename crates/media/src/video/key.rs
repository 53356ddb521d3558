//! A figure before a green wall, without the wall.
//!
//! What a pixel shows is so much of the wall and so much of the figure. How much green there is in
//! it beyond its red and blue is a matter of its two colour values alone, so it is looked up in a
//! table at their resolution, a fourth of the picture's; brightness then says what is possible at
//! the full one. The wall's part is taken out of the colours of the rest, in which its reflections
//! go with it. No value changes its meaning on the way (BT.709, see `colour`).

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::probe::VideoStream;
use super::run::{Call, Collected};
use super::{Tools, VideoError, colour, unreadable};

/// The wall's colour: brightness, and the two of colour. Nobody paints it quite as it was ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wall {
    y: u8,
    u: u8,
    v: u8,
}

/// The copy in which the wall is looked for.
const WIDTH: usize = 90;
const HEIGHT: usize = 160;
const FRAMES: usize = 4;
/// Frames from one that is looked at to the next.
const STEP: usize = 12;
const FRAME_BYTES: usize = WIDTH * HEIGHT * 3;
/// How green the wall is at least, as [`greenness`] counts.
const GREEN_MIN: i32 = 60;

/// Looks at the edges of some of the first frames, above where shoulders may be.
pub(super) fn find_wall(
    tools: &Tools,
    path: &Path,
    video: &VideoStream,
    cancel: &AtomicBool,
) -> Result<Wall, VideoError> {
    let filter = format!(
        "framestep={STEP},scale={WIDTH}:{HEIGHT}:flags=area:{},format=yuv444p",
        colour::to_709(video)
    );
    let mut call = Call::ffmpeg(tools);
    call.input(path, &[])?;
    call.add(["-map", "0:V:0", "-vf", &filter, "-frames:v", &FRAMES.to_string()]);
    call.add(["-f", "rawvideo", "pipe:1"]);
    let mut frames = Collected::up_to(FRAMES * FRAME_BYTES);
    call.run(tools, cancel, &mut |it| frames.take(it))?;
    let (mut all, mut green) = (0, Vec::new());
    for frame in frames.bytes.chunks_exact(FRAME_BYTES) {
        for (x, y) in edge() {
            let value = |plane: usize| frame[plane * WIDTH * HEIGHT + y * WIDTH + x];
            let wall = Wall { y: value(0), u: value(1), v: value(2) };
            all += 1;
            if GREEN_MIN <= greenness(wall) {
                green.push(wall);
            }
        }
    }
    if green.is_empty() || green.len() * 2 < all {
        return Err(unreadable("there is no green wall behind the figure"));
    }
    let median = |of: fn(&Wall) -> u8| {
        let mut values: Vec<_> = green.iter().map(of).collect();
        values.sort_unstable();
        values[values.len() / 2]
    };
    Ok(Wall { y: median(|it| it.y), u: median(|it| it.u), v: median(|it| it.v) })
}

fn edge() -> impl Iterator<Item = (usize, usize)> {
    (0..HEIGHT / 2).flat_map(|y| (0..WIDTH).map(move |x| (x, y))).filter(|(x, y)| {
        let (across, down) = (WIDTH / 20, HEIGHT / 20);
        *y < down || *x < across || WIDTH - across <= *x
    })
}

/// How far green is beyond the larger of red and blue, in 255 steps.
fn greenness(Wall { u, v, .. }: Wall) -> i32 {
    let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
    let (beyond_red, beyond_blue) = (-213 * u - 2326 * v, -2326 * u - 533 * v);
    beyond_red.min(beyond_blue) / 1000
}

/// A part of the wall as small as this is a reflection on the figure.
const REFLECTION: f32 = 0.05;
/// From here on it is the wall and nothing else, however it was compressed.
const NOTHING_ELSE: f32 = 0.96;
/// How much less green than grey a figure's colours may be before their edges come out too solid.
const PALE: i32 = 45;

impl Wall {
    /// Filters from one picture named `from` to one with alpha named `to`.
    pub(super) fn filters(self, from: &str, to: &str) -> String {
        let Self { y: luma, u, v } = self;
        let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
        // In the tables `x` is the value of the first plane and `y` of the second.
        let along = format!("((x-128)*({u})+(y-128)*({v}))/{}", u * u + v * v);
        let green = "min(-0.213*(x-128)-2.326*(y-128),-2.326*(x-128)-0.533*(y-128))";
        let beyond = format!("({green}+{PALE})/{}", greenness(self) + PALE);
        let wall = format!("clip(255*min({along},{beyond})/{NOTHING_ELSE},0,255)");
        // As dark or as bright as it is, it can't have more of the wall in it than this.
        let luma_max = format!("min((x-16)/{},(235-x)/{})", over(luma, 16), over(235, luma));
        let possible = format!("min(y,255*clip({luma_max},0,1))");
        let seen = format!(
            "clip(255*(1-(val/255*{NOTHING_ELSE}-{REFLECTION})/({NOTHING_ELSE}-{REFLECTION})),0,255)"
        );
        let rest = |middle: i32, wall: i32, (least, most): (i32, i32)| {
            format!("clip({middle}+(x-{middle}-y/255*({wall}))/max(1-y/255,0.02),{least},{most})")
        };
        let luma_rest = rest(0, luma.into(), (16, 235));
        let (u_rest, v_rest) = (rest(128, u, (16, 240)), rest(128, v, (16, 240)));
        // The wall's part is made larger as colours are, for they don't lie where brightness does.
        format!(
            "[{from}]format=yuv420p,extractplanes=y+u+v[ky][ku][kv];\
             [ky]split=3[ky1][ky2][ky3];[ku]split[ku1][ku2];[kv]split[kv1][kv2];\
             [ku1][kv1]lut2=c0='{wall}',split=4[kw1][kw2][kw3][kw4];\
             [ku2][kw1]lut2=c0='{u_rest}'[ku3];[kv2][kw2]lut2=c0='{v_rest}'[kv3];\
             [ky1][kw3][kw4]mergeplanes=0x001020:yuv420p,scale=flags=lanczos,format=yuv444p,\
             extractplanes=u[kw5];\
             [ky2][kw5]lut2=c0='{possible}',split[kw6][kw7];\
             [ky3][kw6]lut2=c0='{luma_rest}'[ky4];[kw7]lut=c0='{seen}'[ka];\
             [ky4][ku3][kv3][ka]mergeplanes=0x00102030:yuva420p[{to}]"
        )
    }
}

fn over(more: u8, less: u8) -> u8 {
    more.saturating_sub(less).max(1)
}
