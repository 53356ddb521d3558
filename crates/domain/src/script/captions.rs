//! Captions: a script in pieces that can be read while they are heard.

use super::{at, spoken, weight};
use crate::Millis;

/// How long a line of a caption is at most, in characters: more don't fit beside each other in
/// letters that are read on a telephone.
pub const LINE_CHARS_MAX: usize = 26;
/// How many lines are seen at once.
pub const LINES_MAX: usize = 2;

/// What is written over the picture for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caption {
    pub from: Millis,
    /// It is gone at this moment, when the next one comes.
    pub to: Millis,
    pub lines: Vec<String>,
}

/// The captions of a script that is spoken in so many milliseconds. Nobody tells us when each word is
/// said, so the time is shared by length. Directions are no words and aren't shown.
pub fn captions(text: &str, millis: i64) -> Vec<Caption> {
    let spoken = spoken(text);
    let pages: Vec<Vec<String>> = spoken.lines().flat_map(pages).collect();
    let weights: Vec<i64> =
        pages.iter().map(|page| page.iter().map(|it| weight(it) + 1).sum()).collect();
    let whole = weights.iter().sum();
    let mut before = 0;
    let mut captions = Vec::with_capacity(pages.len());
    for (lines, weight) in pages.into_iter().zip(weights) {
        let from = at(millis.max(0), before, whole);
        before += weight;
        captions.push(Caption { from, to: at(millis.max(0), before, whole), lines });
    }
    // What would be there for no time at all is seen by nobody.
    captions.retain(|it| it.from < it.to);
    captions
}

/// One line of a script in pages. Sentences share a page while they fit on it.
fn pages(text: &str) -> Vec<Vec<String>> {
    let mut pages: Vec<Vec<String>> = Vec::new();
    let mut together = String::new();
    for sentence in sentences(text) {
        let longer =
            if together.is_empty() { sentence.clone() } else { format!("{together} {sentence}") };
        if together.is_empty() || wrapped(&longer, LINE_CHARS_MAX).len() <= LINES_MAX {
            together = longer;
            continue;
        }
        pages.extend(paged(&together));
        together = sentence;
    }
    pages.extend(paged(&together));
    pages
}

fn paged(text: &str) -> Vec<Vec<String>> {
    even(text).chunks(LINES_MAX).map(<[String]>::to_vec).collect()
}

/// Whole sentences, by the words that end them.
fn sentences(text: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        words.push(word);
        if word.trim_end_matches(['"', '»', '”', ')']).ends_with(['.', '!', '?', '…']) {
            sentences.push(words.join(" "));
            words.clear();
        }
    }
    if !words.is_empty() {
        sentences.push(words.join(" "));
    }
    sentences
}

/// As few lines as there can be, and about as long as each other: no word is left alone.
fn even(text: &str) -> Vec<String> {
    let lines = wrapped(text, LINE_CHARS_MAX);
    let narrowest = text.chars().count() / lines.len().max(1);
    (narrowest.clamp(1, LINE_CHARS_MAX)..LINE_CHARS_MAX)
        .map(|it| wrapped(text, it))
        .find(|it| it.len() == lines.len())
        .unwrap_or(lines)
}

/// Lines of so many characters at most. What is longer, such as an address, is cut.
fn wrapped(text: &str, chars_max: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words(text) {
        let letters: Vec<char> = word.chars().collect();
        for piece in letters.chunks(LINE_CHARS_MAX) {
            let piece: String = piece.iter().collect();
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + piece.chars().count() <= chars_max => {
                    line.push(' ');
                    line.push_str(&piece);
                }
                _ => lines.push(piece),
            }
        }
    }
    lines
}

/// Words, with the marks that follow them: no line begins with a dash.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let is_mark = !word.contains(char::is_alphanumeric);
        match words.last_mut() {
            Some(before)
                if is_mark && before.chars().count() + word.chars().count() < LINE_CHARS_MAX =>
            {
                before.push(' ');
                before.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}
