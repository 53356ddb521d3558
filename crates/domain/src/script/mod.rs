//! Scripts: the words that are spoken in a video, how long they take, and how they are shown.

use serde::{Deserialize, Serialize};

use crate::picture::{WrongWords, is_joiner, is_unseen, one_line};
use crate::{Language, Millis};

mod captions;
mod directions;

pub use captions::{Caption, LINE_CHARS_MAX, LINES_MAX, captions};
pub use directions::spoken;

/// How fast somebody speaks, in percent of what the voice does by itself. What is beyond the limits
/// engines refuse, or sound like no person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Speed(u32);

impl Speed {
    pub const SLOWEST: Self = Self(70);
    pub const NORMAL: Self = Self(100);
    pub const FASTEST: Self = Self(120);

    /// The nearest speed within the limits.
    pub fn new(percent: u32) -> Self {
        Self(percent.clamp(Self::SLOWEST.0, Self::FASTEST.0))
    }

    pub fn percent(self) -> u32 {
        self.0
    }
}

impl Default for Speed {
    fn default() -> Self {
        Self::NORMAL
    }
}

impl TryFrom<u32> for Speed {
    type Error = String;

    fn try_from(percent: u32) -> Result<Self, String> {
        let (slowest, fastest) = (Self::SLOWEST.0, Self::FASTEST.0);
        match (slowest..=fastest).contains(&percent) {
            true => Ok(Self(percent)),
            false => Err(format!("a speed is from {slowest} to {fastest} percent")),
        }
    }
}

impl From<Speed> for u32 {
    fn from(speed: Speed) -> Self {
        speed.0
    }
}

/// Makes a text fit to be spoken: what can't be seen goes, blanks become one space, and line breaks
/// stay as the pauses that they are, two of them at most. Without a word that is spoken there is no
/// script. Length is in characters, as those who speak it count.
pub fn script(text: &str, chars_max: usize) -> Result<String, WrongWords> {
    let broken = text.replace("\r\n", "\n");
    let shown: String = broken
        .chars()
        .map(|it| if is_line_end(it) { '\n' } else { it })
        .filter(|it| it.is_whitespace() || !(it.is_control() || is_unseen(*it)))
        .collect();
    let script = lines(&shown);
    if chars_max < script.chars().count() {
        return Err(WrongWords::TooLong);
    }
    if !spoken(&script).chars().any(char::is_alphanumeric) {
        return Err(WrongWords::Empty);
    }
    Ok(script)
}

/// What ends a line or a page, in one program or another.
fn is_line_end(it: char) -> bool {
    matches!(it, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Each line without needless blanks, and one empty line at most between two.
fn lines(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(one_line).collect();
    lines.dedup_by(|one, before| one.is_empty() && before.is_empty());
    lines.join("\n").trim_matches('\n').to_owned()
}

/// A line break is a breath.
const PAUSE_MILLIS: i64 = 300;
/// A digit is a word or two when it is spoken.
const DIGIT_WEIGHS: i64 = 4;

/// About how long a script takes. It is good for a hint while somebody writes: what is sold is
/// measured.
pub fn estimate_millis(text: &str, language: Language, speed: Speed) -> i64 {
    let chars_per_second = match language {
        Language::Ru => 14,
        Language::En => 15,
        Language::Kk => 13,
    };
    let spoken = spoken(text);
    let pauses = spoken.lines().filter(|it| !it.is_empty()).count().saturating_sub(1) as i64;
    let millis = weight(&spoken) * 1_000 / chars_per_second + pauses * PAUSE_MILLIS;
    millis * 100 / i64::from(speed.percent())
}

/// How long a text takes, in letters.
fn weight(text: &str) -> i64 {
    let weight = |it: char| match it {
        '0'..='9' => DIGIT_WEIGHS,
        '\n' => 0,
        it if is_joiner(it) => 0,
        _ => 1,
    };
    text.chars().map(weight).sum()
}

/// The language of a script, by its letters. Where they leave it open it is the writer's own: among
/// Russian words there are Kazakh names, and among Kazakh words Russian ones.
pub fn language_of(text: &str, writer: Language) -> Language {
    let spoken = spoken(text).to_lowercase();
    let cyrillic = spoken.chars().filter(|it| is_cyrillic(*it)).count();
    let latin = spoken.chars().filter(char::is_ascii_alphabetic).count();
    if cyrillic + latin == 0 {
        return writer;
    }
    // A name of a brand among Russian words doesn't make them English.
    if cyrillic * 2 < latin {
        return Language::En;
    }
    let is_kazakh = |it: char| "әғқңөұүһі".contains(it);
    let words = || spoken.split(|it| !is_cyrillic(it)).filter(|it| !it.is_empty());
    let (all, kazakh) = (words().count(), words().filter(|it| it.contains(is_kazakh)).count());
    // More than half of the words of a Kazakh text have such a letter.
    match writer {
        Language::Kk if all <= kazakh * KAZAKH_IN_DOUBT => Language::Kk,
        Language::Ru if kazakh * 2 < all => Language::Ru,
        Language::En | Language::Kk | Language::Ru if all <= kazakh * 3 => Language::Kk,
        Language::En | Language::Kk | Language::Ru => Language::Ru,
    }
}

/// One word in so many is enough for whoever speaks Kazakh with us.
const KAZAKH_IN_DOUBT: usize = 5;

fn is_cyrillic(it: char) -> bool {
    matches!(it, '\u{400}'..='\u{4ff}')
}

/// The millisecond after so many parts of a whole.
fn at(millis: i64, part: i64, whole: i64) -> Millis {
    Millis(millis * part / whole.max(1))
}
