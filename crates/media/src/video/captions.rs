//! Words on the picture: what is said, as it is said, and what the picture is. Written as a file of
//! ASS, the format in which libass draws them.

use domain::Millis;
use domain::script::captions;

use super::Frame;

/// What is said, as long as the video lasts.
#[derive(Clone, Debug)]
pub struct Captions {
    pub script: String,
}

/// Has Cyrillic with the letters of Kazakh, and Debian has it.
const FONT: &str = "DejaVu Sans";

/// The whole file.
pub(super) fn write(
    said: Option<&Captions>,
    label: Option<&str>,
    frame: Frame,
    duration_ms: u64,
) -> String {
    let Frame { width, height } = frame;
    let end = Millis(i64::try_from(duration_ms).unwrap_or(i64::MAX));
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
        text.push_str(&event("Label", Millis(0), end, &plain(label)));
    }
    for it in said.map(|it| captions(&it.script, end.0)).unwrap_or_default() {
        let lines: Vec<_> = it.lines.iter().map(|it| plain(it)).collect();
        text.push_str(&event("Said", it.from, it.to, &lines.join("\\N")));
    }
    text
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

fn event(style: &str, from: Millis, to: Millis, text: &str) -> String {
    format!("Dialogue: 0,{},{},{style},0,0,0,{text}\n", clock(from), clock(to))
}

/// Hours, minutes, seconds and hundredths.
fn clock(Millis(ms): Millis) -> String {
    let (seconds, hundredths) = (ms / 1000, ms % 1000 / 10);
    format!("{}:{:02}:{:02}.{hundredths:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
