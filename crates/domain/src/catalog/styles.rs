//! Styles: ready words for pictures, one file each.

use serde::{Deserialize, Serialize};

use super::packs::{begins, line_of};
use crate::picture::{PROMPT_CHARS_MAX, TRIGGER_WORD_CHARS_MAX, WORDS_CHARS_MAX, one_line, prompt};
use crate::{Language, Subject};

/// The longest name of a file, as it travels in buttons.
pub(super) const NAME_CHARS_MAX: usize = 24;
/// The longest title: two fit beside each other on buttons.
pub const TITLE_CHARS_MAX: usize = 24;
/// The longest sentence about something.
pub const ABOUT_CHARS_MAX: usize = 140;
/// The longest that a style may make of its own, so that the longest words fit after it.
const STYLED_CHARS_MAX: usize = PROMPT_CHARS_MAX - WORDS_CHARS_MAX - ", ".len();

/// A style on offer: a file `catalog/styles/<name>.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// The name of its file: small letters, digits and hyphens, 24 at most, as it travels in buttons.
    pub name: String,
    /// Grows with each change of what the model is told, so that old results can be explained.
    pub version: u32,
    /// Small letters and hyphens; its title is the text `style-category-<category>`.
    pub category: String,
    /// For whom it is; nobody named is everybody.
    #[serde(default)]
    pub subjects: Vec<Subject>,
    pub title: StyleText,
    /// A sentence that says what comes of it.
    pub about: StyleText,
    /// What the model is told, in English, with `{person}` (always) and `{detail}` in it.
    pub prompt: String,
    /// What differs by who is on the picture, such as clothes.
    #[serde(default)]
    pub detail: BySubject,
}

/// A text in each language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StyleText {
    pub ru: String,
    pub en: String,
    pub kk: String,
}

impl StyleText {
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Kk => &self.kk,
            Language::Ru => &self.ru,
        }
    }

    /// Long texts may be written on several lines.
    pub(super) fn tidy(&mut self) {
        for it in [&mut self.ru, &mut self.en, &mut self.kk] {
            *it = one_line(it);
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BySubject {
    pub man: String,
    pub woman: String,
    pub other: String,
}

impl BySubject {
    pub fn of(&self, subject: Subject) -> &str {
        match subject {
            Subject::Man => &self.man,
            Subject::Woman => &self.woman,
            Subject::Other => &self.other,
        }
    }
}

impl Style {
    pub fn is_for(&self, subject: Subject) -> bool {
        self.subjects.is_empty() || self.subjects.contains(&subject)
    }
}

/// Reads a style and checks it; the error says what is wrong, with the line where one is to blame.
pub(super) fn read(file: &str, text: &str) -> Result<Style, String> {
    let mut style: Style = toml::from_str(text).map_err(|it| it.to_string())?;
    let Style { title, about, prompt, detail, .. } = &mut style;
    for it in [prompt, &mut detail.man, &mut detail.woman, &mut detail.other] {
        *it = one_line(it);
    }
    title.tidy();
    about.tidy();
    let at = |word: &str, says: String| format!("line {}: {says}", line_of(text, word));
    check_name(file, "styles", &style.name).map_err(|it| at("name", it))?;
    if style.version == 0 {
        return Err(at("version", "versions begin with 1".to_owned()));
    }
    if !is_slug(&style.category) {
        return Err(at("category", format!("a category is {SLUG}")));
    }
    let twice = |(at, it)| style.subjects[..at].contains(it);
    if let Some((_, subject)) = style.subjects.iter().enumerate().find(|it| twice(*it)) {
        return Err(at("subjects", format!("`{}` is named twice", subject.as_str())));
    }
    check_texts(text, &style.title, &style.about)?;
    check_prompt(&style).map_err(|it| at("prompt", it))?;
    check_detail(&style).map_err(|it| at("detail", it))?;
    check_length(&style).map_err(|it| at("prompt", it))?;
    Ok(style)
}

/// How a name that travels in buttons and keys of texts is written.
pub(super) const SLUG: &str = "up to 24 small letters, digits and hyphens";

pub(super) fn is_slug(text: &str) -> bool {
    let is_inner = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    (1..=NAME_CHARS_MAX).contains(&text.len())
        && text.bytes().all(is_inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// The name of a file of a folder is the one that it says.
pub(super) fn check_name(file: &str, folder: &str, name: &str) -> Result<(), String> {
    if !is_slug(name) {
        return Err(format!("a name is {SLUG}"));
    }
    if file != format!("{folder}/{name}.toml") {
        return Err(format!("its name is `{name}`, which isn't that of its file"));
    }
    Ok(())
}

/// Titles and sentences are there in each language, and fit.
pub(super) fn check_texts(text: &str, title: &StyleText, about: &StyleText) -> Result<(), String> {
    check_text(text, "title", title, TITLE_CHARS_MAX)?;
    check_text(text, "about", about, ABOUT_CHARS_MAX)
}

/// The texts of one part are there in each language, and fit.
pub(super) fn check_text(
    text: &str,
    part: &str,
    texts: &StyleText,
    most: usize,
) -> Result<(), String> {
    for language in Language::ALL.iter().copied() {
        let says = match texts.of(language).chars().count() {
            0 => "is empty".to_owned(),
            long if most < long => format!("has {long} characters, and {most} is the most"),
            _ => continue,
        };
        let language = language.as_str();
        let line = line_below(text, part, language);
        return Err(format!("line {line}: the {part} in {language} {says}"));
    }
    Ok(())
}

/// The line of a word in a part of a file; that of the part when it is written in one.
pub(super) fn line_below(text: &str, part: &str, word: &str) -> usize {
    let line = line_of(text, part);
    let mut below = text.lines().skip(line).take_while(|it| !it.trim_start().starts_with('['));
    below.position(|it| begins(it, word)).map_or(line, |it| line + it + 1)
}

/// The person is in it once, and no hole is left open.
fn check_prompt(style: &Style) -> Result<(), String> {
    let known = style.prompt.replace("{person}", "").replace("{detail}", "");
    if let Some(at) = known.find(['{', '}']) {
        let hole: String = known[at..].chars().take(NAME_CHARS_MAX).collect();
        let hole = hole.find('}').map_or(hole.as_str(), |end| &hole[..=end]);
        return Err(format!(
            "`{hole}` is no hole that is known here: {{person}} and {{detail}} are"
        ));
    }
    match (style.prompt.matches("{person}").count(), style.prompt.matches("{detail}").count()) {
        (1, 0 | 1) => Ok(()),
        (1, _) => Err("{detail} is in a prompt once at most".to_owned()),
        _ => Err("{person} is in a prompt exactly once".to_owned()),
    }
}

/// What differs is said for whom the style is, if the prompt asks for it, and for nobody else.
fn check_detail(style: &Style) -> Result<(), String> {
    let is_asked = style.prompt.contains("{detail}");
    for subject in Subject::ALL.iter().copied() {
        let (detail, name) = (style.detail.of(subject), subject.as_str());
        match (is_asked && style.is_for(subject), detail.is_empty()) {
            (true, true) => return Err(format!("there is no detail for `{name}`")),
            (false, false) => return Err(format!("the detail for `{name}` is never used")),
            (true, false) if detail.contains(['{', '}']) => {
                return Err(format!("the detail for `{name}` has braces"));
            }
            (true | false, true | false) => {}
        }
    }
    Ok(())
}

fn check_length(style: &Style) -> Result<(), String> {
    let longest = "x".repeat(TRIGGER_WORD_CHARS_MAX);
    for subject in Subject::ALL.iter().copied().filter(|it| style.is_for(*it)) {
        let long = prompt(Some(style), "", subject, &longest).chars().count();
        if STYLED_CHARS_MAX < long {
            let name = subject.as_str();
            let most = STYLED_CHARS_MAX;
            return Err(format!("for `{name}` it has {long} characters, and {most} is the most"));
        }
    }
    Ok(())
}
