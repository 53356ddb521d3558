//! Words on the picture: what is said, as it is said, and what the picture is. Written as a file of
//! ASS, the format in which libass draws them.

use super::Frame;

/// What is said, shared over the time in which it is: longer words take longer.
#[derive(Clone, Debug)]
pub struct Captions {
    pub script: String,
}

/// Has Cyrillic with the letters of Kazakh, and Debian has it.
const FONT: &str = "DejaVu Sans";
const LINE_CHARS_MAX: usize = 26;
/// What the breath after a sentence counts, in letters.
const BREATH: u64 = 5;

/// The whole file.
pub(super) fn write(
    captions: Option<&Captions>,
    label: Option<&str>,
    frame: Frame,
    duration_ms: u64,
) -> String {
    let Frame { width, height } = frame;
    // Below it are a phone's buttons, beside it a hand.
    let (beside, below) = (width * 7 / 100, height * 14 / 100);
    let (size, edge) = (width / 19, f64::from(width) / 260.0);
    let (small, corner) = (width / 28, width * 4 / 100);
    let thin = f64::from(width) / 500.0;
    let mut text = format!(
        "[Script Info]\nScriptType: v4.00+\nPlayResX: {width}\nPlayResY: {height}\n\
         WrapStyle: 0\nScaledBorderAndShadow: yes\n\n\
         [V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, \
         Bold, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\n\
         Style: Said,{FONT},{size},&H00FFFFFF,&H00181410,&H00000000,-1,1,{edge:.1},0,2,\
         {beside},{beside},{below},1\n\
         Style: Label,{FONT},{small},&H30FFFFFF,&H50181410,&H00000000,0,1,{thin:.1},0,9,\
         {corner},{corner},{corner},1\n\n\
         [Events]\nFormat: Layer, Start, End, Style, MarginL, MarginR, MarginV, Text\n"
    );
    if let Some(label) = label {
        text.push_str(&event("Label", (0, duration_ms), &[plain(label)]));
    }
    for (time, lines) in captions.map(|it| cues(&it.script, duration_ms)).unwrap_or_default() {
        text.push_str(&event("Said", time, &lines));
    }
    text
}

type Time = (u64, u64);

/// When which lines are seen.
fn cues(script: &str, duration_ms: u64) -> Vec<(Time, Vec<String>)> {
    let cues = parts(script);
    let weights: Vec<u64> = cues.iter().map(|it| weight(it)).collect();
    let all = weights.iter().sum::<u64>().max(1);
    let mut before = 0;
    let place = |weight: u64| weight * duration_ms / all;
    weights
        .iter()
        .zip(cues)
        .map(|(weight, lines)| {
            let time = (place(before), place(before + weight));
            before += weight;
            (time, lines)
        })
        .collect()
}

fn weight(lines: &[String]) -> u64 {
    let letters = lines.iter().map(|it| it.chars().count() as u64).sum::<u64>();
    let ends = lines.last().is_some_and(|it| it.ends_with(ends_sentence));
    letters + if ends { BREATH } else { 0 }
}

fn ends_sentence(letter: char) -> bool {
    matches!(letter, '.' | '!' | '?' | '…')
}

/// Two lines at most at a time; a sentence begins with lines of its own.
fn parts(script: &str) -> Vec<Vec<String>> {
    let mut parts: Vec<Vec<String>> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    for word in words(script) {
        let ends = word.ends_with(ends_sentence);
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LINE_CHARS_MAX => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => {
                if lines.len() == 2 {
                    parts.push(std::mem::take(&mut lines));
                }
                lines.push(word);
            }
        }
        if ends {
            parts.push(std::mem::take(&mut lines));
        }
    }
    if !lines.is_empty() {
        parts.push(lines);
    }
    parts
}

/// Without directions to the speaker, which stand in square brackets; too long ones in pieces.
fn words(script: &str) -> Vec<String> {
    let mut spoken = String::new();
    let mut rest = script;
    while let Some((before, after)) = rest.split_once('[') {
        spoken.push_str(before);
        match after.split_once(']') {
            Some((_, after)) => rest = after,
            None => {
                spoken.push('[');
                rest = after;
            }
        }
    }
    spoken.push_str(rest);
    let letters: Vec<Vec<char>> =
        spoken.split_whitespace().map(|it| plain(it).chars().collect()).collect();
    letters.iter().flat_map(|it| it.chunks(LINE_CHARS_MAX).map(String::from_iter)).collect()
}

/// Nothing in it means anything to ASS.
fn plain(text: &str) -> String {
    text.chars()
        .filter_map(|it| match it {
            '{' => Some('('),
            '}' => Some(')'),
            '\\' => Some('/'),
            it if it.is_whitespace() => Some(' '),
            it if it.is_control() => None,
            it => Some(it),
        })
        .collect()
}

fn event(style: &str, (from, to): Time, lines: &[String]) -> String {
    let text = lines.join("\\N");
    format!("Dialogue: 0,{},{},{style},0,0,0,{text}\n", clock(from), clock(to))
}

/// Hours, minutes, seconds and hundredths.
fn clock(ms: u64) -> String {
    let (seconds, hundredths) = (ms / 1000, ms % 1000 / 10);
    format!("{}:{:02}:{:02}.{hundredths:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
