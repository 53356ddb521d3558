//! Makes sounds and videos, good and bad ones, and looks into them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use media::video::{Limits, Tools};

use super::figure::{Drawing, Scene};

pub static ON: AtomicBool = AtomicBool::new(false);

/// None, with a line that says so, where the programs aren't or can't do all that they should.
pub fn tools() -> Option<Tools> {
    static FOUND: OnceLock<Option<Tools>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let output_bytes = 64 << 20;
        let limits =
            Limits { seconds: 120, threads: 1, niceness: 0, output_bytes, ..Limits::default() };
        let tools = Tools::find(limits);
        match tools.check() {
            Ok(it) if it.missing.is_empty() => Some(tools),
            Ok(it) => panic!("ffmpeg {} lacks {:?}", it.ffmpeg, it.missing),
            Err(error) => {
                eprintln!("SKIPPED: sound and video weren't tested at all: {error}");
                None
            }
        }
    });
    found.clone()
}

/// Goes with all that is in it.
pub struct Shelf(tempfile::TempDir);

impl Shelf {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn place(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        std::fs::write(self.place(name), bytes).unwrap();
        self.place(name)
    }

    /// What ffmpeg makes of these words, which part at spaces.
    pub fn make(&self, name: &str, arguments: &str) -> PathBuf {
        let mut command = Command::new("ffmpeg");
        command.args("-nostdin -v error -y".split(' ')).args(arguments.split_whitespace());
        let done = command.args(["-threads", "1"]).arg(self.place(name)).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        self.place(name)
    }

    /// Frames that are drawn here, as ffmpeg stores them with these words.
    pub fn drawn(&self, name: &str, drawing: Drawing, frames: u32, arguments: &str) -> PathBuf {
        let input = format!(
            "-v error -y -f rawvideo -pix_fmt rgba -s {}x{} -r 25 -i pipe:0",
            drawing.width, drawing.height
        );
        let mut child = Command::new("ffmpeg")
            .args(input.split(' '))
            .args(arguments.split_whitespace())
            .arg(self.place(name))
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut to = child.stdin.take().unwrap();
        let mut pixels = Vec::new();
        for number in 0..frames {
            drawing.frame(number, &mut pixels);
            to.write_all(&pixels).unwrap();
        }
        drop(to);
        assert!(child.wait().unwrap().success());
        self.place(name)
    }

    /// A figure before the wall, the shop, and how the one stands in the other in truth.
    pub fn scenes(&self, (width, height): (u32, u32), frames: u32) -> Scenes {
        let drawing = |scene| Drawing { scene, width, height };
        let stored = "-vf scale=out_color_matrix=bt709:out_range=tv -c:v libx264 -preset veryfast \
            -crf 16 -pix_fmt yuv420p -colorspace bt709 -color_primaries bt709 -color_trc bt709";
        let green = self.drawn("green.mp4", drawing(Scene::Green), frames, stored);
        let shop = self.drawn("shop.mp4", drawing(Scene::Shop), frames, stored);
        let alone =
            self.drawn("alone.mkv", drawing(Scene::Alone), frames, "-c:v ffv1 -pix_fmt bgra");
        let truth = self.make(
            "truth.mkv",
            &format!(
                "-i {} -i {} -filter_complex [1:v]scale=out_color_matrix=bt709:out_range=tv,\
                 format=yuva444p[f];[0:v]format=yuv444p[b];[b][f]overlay=format=yuv444,\
                 format=yuv420p -c:v ffv1 -colorspace bt709 -color_range tv",
                shop.display(),
                alone.display()
            ),
        );
        Scenes { green, shop, alone, truth }
    }
}

pub struct Scenes {
    pub green: PathBuf,
    pub shop: PathBuf,
    pub alone: PathBuf,
    pub truth: PathBuf,
}

/// An MP4 whose player is told to turn it, as phones do (ISO 14496-12, 8.3.2).
pub fn turn(path: &Path, degrees: u32) {
    let one = |sign: i32| sign << 16;
    let [a, b, c, d] = match degrees {
        90 => [0, one(1), one(-1), 0],
        180 => [one(-1), 0, 0, one(-1)],
        _ => [0, one(-1), one(1), 0],
    };
    let matrix = [a, b, 0, c, d, 0, 0, 0, 1 << 30].map(i32::to_be_bytes).concat();
    let mut bytes = std::fs::read(path).unwrap();
    let name = bytes.windows(4).position(|it| it == b"tkhd").unwrap();
    bytes[name + 44..][..36].copy_from_slice(&matrix);
    std::fs::write(path, bytes).unwrap();
}

/// How alike two videos are, of brightness and colours: 1 is the same.
pub fn ssim(left: &Path, right: &Path) -> f64 {
    let done = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-i"])
        .arg(left)
        .arg("-i")
        .arg(right)
        .args(["-lavfi", "ssim", "-f", "null", "-"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    let all = said.rsplit_once("All:").unwrap_or_else(|| panic!("{said}")).1;
    all.split(' ').next().unwrap().parse().unwrap()
}

/// The pixels of all frames in red, green and blue.
pub fn pixels(path: &Path) -> Vec<u8> {
    let done = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-i"])
        .arg(path)
        .args(["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"])
        .output()
        .unwrap();
    assert!(done.status.success());
    done.stdout
}

/// How many pixels are clearly green.
pub fn greens(pixels: &[u8]) -> usize {
    let is_green = |it: &&[u8; 3]| it[0].max(it[2]).saturating_add(24) < it[1];
    pixels.as_chunks::<3>().0.iter().filter(is_green).count()
}

/// A WAV of one tone, without any program.
pub fn tone(hertz: u32, ms: u32, loudness: i16) -> Vec<u8> {
    const RATE: u32 = 16_000;
    let samples = RATE * ms / 1000;
    let length = samples * 2;
    let mut file = b"RIFF".to_vec();
    file.extend((length + 36).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 2).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(length.to_le_bytes());
    for at in 0..samples {
        let angle = std::f32::consts::TAU * hertz as f32 * at as f32 / RATE as f32;
        file.extend(((angle.sin() * f32::from(loudness)) as i16).to_le_bytes());
    }
    file
}
