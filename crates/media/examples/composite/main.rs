//! A figure before a green wall put into a shop, by our filters and by two well-known ones, in one
//! table: `cargo run --release -p media --example composite`.
//!
//! It draws its sources: 7.5 s of 720×1280, and the same eight times over. All are encoded alike.
//! Likeness (SSIM) and green pixels are those of the 7.5 s, against what the figure's true alpha
//! gives without any loss. CPU is that of all programs that were started.

mod figure;
mod measured;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

use figure::{Drawing, Scene};
use measured::{Cost, cost_of, greens, ssim};
use media::video::{
    Captions, Figure, Folder, Frame, Label, Limits, Loudness, Montage, Tools, montage,
};

const WIDTH: u32 = 720;
const HEIGHT: u32 = 1280;
const FRAMES: u32 = 187;
const TIMES: u32 = 8;
const STORED: &str = "-vf scale=out_color_matrix=bt709:out_range=tv -c:v libx264 -preset veryfast \
    -crf 16 -pix_fmt yuv420p -colorspace bt709 -color_primaries bt709 -color_trc bt709";
const ENCODED: &str = "-c:v libx264 -preset veryfast -crf 17 -maxrate 6M -bufsize 12M \
    -pix_fmt yuv420p -threads 2 -movflags +faststart";
const SCRIPT: &str = "Эти кроссовки почти ничего не весят. Я хожу в них весь день и забываю, что \
    на мне вообще есть обувь.";

fn main() {
    let limits = Limits { niceness: 0, ..Limits::default() };
    let tools = Tools::find(limits);
    println!("ffmpeg {}", tools.check().expect("ffmpeg is installed").ffmpeg);
    let place = tempfile::tempdir().expect("a folder");
    let sources = Sources::draw(place.path());
    println!("| what | length | wall s | CPU s | SSIM | green pixels | ffmpeg MB | own MB | MB |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for (length, times) in [("7.5 s", 1), ("60 s", TIMES)] {
        let green = if times == 1 { sources.green.clone() } else { sources.repeated(times) };
        for (name, is_written_on) in [("ours", false), ("ours, with captions and label", true)] {
            let folder = Folder::new(place.path(), "job_bench").expect("nobody has it");
            let plan = sources.plan(&green, is_written_on);
            let on = AtomicBool::new(false);
            let mut made = None;
            let cost = cost_of(|| {
                made = Some(montage(&tools, &plan, &folder, &on, &mut |_| {}));
            });
            let made = made.expect("it was run").expect("it can be made");
            let is_compared = times == 1 && !is_written_on;
            row(name, length, &cost, &made.path, is_compared.then_some(&sources.truth));
        }
        for (name, filter) in [
            ("colorkey 0.35:0.10, despill", "colorkey=0x00FF00:0.35:0.10,despill=type=green"),
            ("chromakey 0.20:0.08, despill", "chromakey=0x00FF00:0.20:0.08,despill=type=green"),
        ] {
            let made = place.path().join("other.mp4");
            let words = format!(
                "-stream_loop -1 -i {} -i {} -filter_complex \
                 [1:v]{filter}[f];[0:v][f]overlay=shortest=1 {ENCODED}",
                sources.shop.display(),
                green.display()
            );
            let cost = cost_of(|| ffmpeg(&words, &made));
            row(name, length, &cost, &made, (times == 1).then_some(&sources.truth));
        }
    }
}

fn row(name: &str, length: &str, cost: &Cost, made: &Path, truth: Option<&PathBuf>) {
    let likeness = truth.map_or("".to_owned(), |it| format!("{:.4}", ssim(made, it)));
    let green = truth.map_or("".to_owned(), |_| greens(made).to_string());
    let size = std::fs::metadata(made).map_or(0, |it| it.len());
    println!(
        "| {name} | {length} | {:.1} | {:.1} | {likeness} | {green} | {} | {} | {:.1} |",
        cost.wall.as_secs_f64(),
        cost.cpu.as_secs_f64(),
        cost.theirs_mb,
        cost.ours_mb,
        size as f64 / 1e6
    );
}

struct Sources {
    place: PathBuf,
    green: PathBuf,
    shop: PathBuf,
    truth: PathBuf,
}

impl Sources {
    fn draw(place: &Path) -> Self {
        let file = |name: &str| place.join(name);
        let (green, shop, alone) = (file("green.mp4"), file("shop.mp4"), file("alone.mkv"));
        drawn(Scene::Green, STORED, &green);
        drawn(Scene::Shop, STORED, &shop);
        drawn(Scene::Alone, "-c:v ffv1 -pix_fmt bgra", &alone);
        let truth = file("truth.mkv");
        ffmpeg(
            &format!(
                "-i {} -i {} -filter_complex [1:v]scale=out_color_matrix=bt709:out_range=tv,\
                 format=yuva444p[f];[0:v]format=yuv444p[b];[b][f]overlay=format=yuv444,\
                 format=yuv420p -c:v ffv1 -colorspace bt709 -color_range tv",
                shop.display(),
                alone.display()
            ),
            &truth,
        );
        Self { place: place.to_owned(), green, shop, truth }
    }

    fn repeated(&self, times: u32) -> PathBuf {
        let path = self.place.join("long.mp4");
        let words = format!("-stream_loop {} -i {} -c copy", times - 1, self.green.display());
        ffmpeg(&words, &path);
        path
    }

    fn plan(&self, green: &Path, is_written_on: bool) -> Montage {
        let label =
            || Label { text: "AI-generated".to_owned(), metadata: "AI-generated".to_owned() };
        Montage {
            figure: Figure::Green(green.to_owned()),
            sound: None,
            background: Some(self.shop.clone()),
            frame: Frame::UPRIGHT,
            captions: is_written_on.then(|| Captions { script: SCRIPT.to_owned() }),
            label: is_written_on.then(label),
            loudness: Loudness::AsItIs,
        }
    }
}

fn ffmpeg(words: &str, to: &Path) {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-y"]).args(words.split_whitespace()).arg(to);
    assert!(command.status().expect("ffmpeg is installed").success(), "{words}");
}

fn drawn(scene: Scene, words: &str, to: &Path) {
    let drawing = Drawing { scene, width: WIDTH, height: HEIGHT };
    let mut child = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgba", "-r", "25"])
        .args(["-s", &format!("{WIDTH}x{HEIGHT}"), "-i", "pipe:0"])
        .args(words.split_whitespace())
        .arg(to)
        .stdin(Stdio::piped())
        .spawn()
        .expect("ffmpeg is installed");
    let mut pipe = child.stdin.take().expect("it is piped");
    let mut pixels = Vec::new();
    for number in 0..FRAMES {
        drawing.frame(number, &mut pixels);
        pipe.write_all(&pixels).expect("it reads");
    }
    drop(pipe);
    assert!(child.wait().expect("it ends").success());
}
