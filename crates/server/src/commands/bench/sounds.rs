//! What is heard in a file, and how alike two sounds are: so it is known whose video somebody got.

use std::path::Path;

use tokio::process::Command;

use crate::commands::drill::Halt;

/// Samples in a second: enough to tell one sentence from another.
const RATE: usize = 4_000;
/// How much later a sound may begin in one file than in another, either way.
const LATE_MAX: usize = RATE / 20;

/// A sound, one number a sample.
pub struct Sound(Vec<f32>);

impl Sound {
    /// Decodes what is heard in a file.
    pub async fn of(file: &Path) -> Result<Self, Halt> {
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-v", "error", "-i"]).arg(file);
        command.args(["-map", "0:a", "-ac", "1", "-ar", &RATE.to_string(), "-f", "s16le", "-"]);
        let output = command.output().await?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Halt::stuck(format!("{} can't be heard: {said}", file.display())));
        }
        let sample = |it: &[u8; 2]| f32::from(i16::from_le_bytes(*it));
        Ok(Self(output.stdout.as_chunks::<2>().0.iter().map(sample).collect()))
    }

    pub fn seconds(&self) -> f64 {
        self.0.len() as f64 / RATE as f64
    }

    /// How alike two sounds are: 1 is the same but for its loudness, about 0 is something else. The
    /// one may begin a little later than the other.
    pub fn likeness(&self, other: &Self) -> f64 {
        let later = |late: usize| correlation(&self.0[late.min(self.0.len())..], &other.0);
        let sooner = |late: usize| correlation(&self.0, &other.0[late.min(other.0.len())..]);
        (0..=LATE_MAX).map(|late| later(late).max(sooner(late))).fold(0.0, f64::max)
    }
}

fn correlation(one: &[f32], other: &[f32]) -> f64 {
    let (mut both, mut of_one, mut of_other) = (0.0_f32, 0.0_f32, 0.0_f32);
    for (one, other) in one.iter().zip(other) {
        both += one * other;
        of_one += one * one;
        of_other += other * other;
    }
    let most = (f64::from(of_one) * f64::from(of_other)).sqrt();
    if most == 0.0 { 0.0 } else { f64::from(both) / most }
}
