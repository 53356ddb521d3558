//! `parse_mode: HTML`, with the refusals of Telegram's own parser and their byte offsets.

use super::{Entity, Styled, units};
use serde_json::{Value, json};

struct Open {
    tag: String,
    /// Where in the text it begins, in UTF-16 units.
    offset: usize,
    argument: String,
    class: String,
}

struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

/// Where the parser is: bytes of the source on one side, text and UTF-16 units on the other.
struct Reader<'a> {
    source: &'a str,
    at: usize,
    out: String,
    length: usize,
}

pub(super) fn parse(source: &str) -> Result<Styled, String> {
    let mut reader = Reader { source, at: 0, out: String::with_capacity(source.len()), length: 0 };
    let mut open: Vec<Open> = Vec::new();
    let mut entities = Vec::new();
    while reader.at < source.len() {
        let rest = &source[reader.at..];
        if rest.starts_with("</") {
            let begin = reader.at;
            let name = reader.end_tag(begin)?;
            let Some(start) = open.pop() else {
                return Err(format!("Unexpected end tag at byte offset {begin}"));
            };
            if !name.is_empty() && name != start.tag {
                return Err(format!(
                    "Unmatched end tag at byte offset {begin}, expected \"</{}>\", found \
                     \"</{name}>\"",
                    start.tag
                ));
            }
            close(start, &reader, open.last(), &mut entities);
        } else if rest.starts_with('<') {
            let begin = reader.at;
            let tag = reader.start_tag(begin)?;
            open.push(opened(tag, &reader, begin)?);
        } else {
            let letter = reader.letter();
            if letter != '\r' {
                reader.out.push(letter);
                reader.length += letter.len_utf16();
            }
        }
    }
    if let Some(left) = open.pop() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", left.tag));
    }
    Ok(Styled { text: reader.out, entities })
}

const TAGS: [&str; 17] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "tg-emoji",
    "tg-time",
    "span",
    "pre",
    "code",
    "blockquote",
];

fn opened(tag: Tag, reader: &Reader<'_>, begin: usize) -> Result<Open, String> {
    let of = |name: &str| {
        let found = tag.attributes.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.clone())
    };
    let argument = match tag.name.as_str() {
        "a" => of("href").unwrap_or_default(),
        "tg-emoji" => of("emoji-id").ok_or_else(|| {
            format!("Tag \"tg-emoji\" must have attribute \"emoji-id\" at byte offset {begin}")
        })?,
        "tg-time" => of("unix").unwrap_or_default(),
        "code" => {
            let class = of("class").unwrap_or_default();
            class.strip_prefix("language-").unwrap_or_default().to_owned()
        }
        "blockquote" => of("expandable").map(|_| "expandable".to_owned()).unwrap_or_default(),
        _ => String::new(),
    };
    let class = of("class").unwrap_or_default();
    if tag.name == "span" && class != "tg-spoiler" {
        return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"));
    }
    Ok(Open { tag: tag.name, offset: reader.length, argument, class })
}

fn close(start: Open, reader: &Reader<'_>, outer: Option<&Open>, entities: &mut Vec<Entity>) {
    let (offset, length) = (start.offset, reader.length - start.offset);
    let mut add = |kind, extra: Option<(&'static str, Value)>| {
        entities.push(Entity { kind, offset, length, extra });
    };
    match start.tag.as_str() {
        "b" | "strong" => add("bold", None),
        "i" | "em" => add("italic", None),
        "s" | "strike" | "del" => add("strikethrough", None),
        "u" | "ins" => add("underline", None),
        "tg-spoiler" => add("spoiler", None),
        "span" if start.class == "tg-spoiler" => add("spoiler", None),
        "tg-emoji" => add("custom_emoji", Some(("custom_emoji_id", json!(start.argument)))),
        "tg-time" => {
            if let Ok(moment) = start.argument.parse::<i64>() {
                add("date_time", Some(("unix_time", json!(moment))));
            }
        }
        "a" => {
            let text_from = byte_of(&reader.out, offset);
            let shown = reader.out[text_from..].to_owned();
            let url = if start.argument.is_empty() { shown } else { start.argument };
            if let Some(url) = whole_link(&url) {
                add("text_link", Some(("url", json!(url))));
            }
        }
        "blockquote" if start.argument == "expandable" => add("expandable_blockquote", None),
        "blockquote" => add("blockquote", None),
        "code" => {
            // A language is only meant when the code is in a pre; the pre takes it over.
            let in_pre = outer.is_some_and(|it| it.tag == "pre" && it.offset == offset);
            if in_pre && !start.argument.is_empty() {
                add("pre", Some(("language", json!(start.argument))));
            } else {
                add("code", None);
            }
        }
        "pre" => {
            let same = entities.last().is_some_and(|last| {
                matches!(last.kind, "pre" | "code")
                    && last.offset == offset
                    && last.length == length
            });
            if same && entities.last().is_some_and(|last| last.kind == "code") {
                entities.pop();
            }
            if entities.last().is_none_or(|last| last.kind != "pre" || last.offset != offset) {
                entities.push(Entity { kind: "pre", offset, length, extra: None });
            }
        }
        _ => {}
    }
}

/// A link as Telegram writes it: with a scheme, and nothing at all when it isn't one.
pub(super) fn whole_link(given: &str) -> Option<String> {
    let given = given.trim();
    let lower = given.to_ascii_lowercase();
    if ["http://", "https://", "tg://", "ton://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
    {
        return Some(given.to_owned());
    }
    let looks_like_host = given.contains('.') && !given.contains([' ', '\n', ':', '<', '>']);
    looks_like_host.then(|| format!("http://{given}"))
}

/// The byte at which the given UTF-16 unit begins.
fn byte_of(text: &str, unit: usize) -> usize {
    let mut seen = 0;
    for (at, letter) in text.char_indices() {
        if seen >= unit {
            return at;
        }
        seen += letter.len_utf16();
    }
    debug_assert!(seen == units(text));
    text.len()
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.source[self.at..]
    }

    /// The next character of text, with the five ways to write one that isn't itself.
    fn letter(&mut self) -> char {
        if let Some((letter, length)) = reference(self.rest()) {
            self.at += length;
            return letter;
        }
        let letter = self.rest().chars().next().unwrap_or('\u{fffd}');
        self.at += letter.len_utf8();
        letter
    }

    fn end_tag(&mut self, begin: usize) -> Result<String, String> {
        let Some(end) = self.rest().find('>') else {
            return Err(format!("Unclosed end tag at byte offset {begin}"));
        };
        let name = self.rest()[2..end].trim().to_ascii_lowercase();
        self.at += end + 1;
        Ok(name)
    }

    fn start_tag(&mut self, begin: usize) -> Result<Tag, String> {
        let unclosed = || format!("Unclosed start tag at byte offset {begin}");
        self.at += 1;
        let length = self.rest().find(|it: char| it.is_whitespace() || it == '>');
        let length = length.ok_or_else(unclosed)?;
        let name = self.rest()[..length].to_ascii_lowercase();
        if !TAGS.contains(&name.as_str()) {
            return Err(format!("Unsupported start tag \"{name}\" at byte offset {begin}"));
        }
        self.at += length;
        let mut attributes = Vec::new();
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            match self.rest().chars().next() {
                None => return Err(unclosed()),
                Some('>') => {
                    self.at += 1;
                    return Ok(Tag { name, attributes });
                }
                Some(_) => attributes.push(self.attribute(&name, begin)?),
            }
        }
    }

    fn attribute(&mut self, tag: &str, begin: usize) -> Result<(String, String), String> {
        let unclosed = || format!("Unclosed start tag at byte offset {begin}");
        let length = self
            .rest()
            .find(|it: char| it.is_whitespace() || matches!(it, '=' | '>' | '/' | '"' | '\''))
            .ok_or_else(unclosed)?;
        if length == 0 {
            return Err(format!(
                "Empty attribute name in the tag \"{tag}\" at byte offset {begin}"
            ));
        }
        let name = self.rest()[..length].to_ascii_lowercase();
        self.at += length;
        self.at += self.rest().len() - self.rest().trim_start().len();
        if !self.rest().starts_with('=') {
            return Ok((name, String::new()));
        }
        self.at += 1;
        self.at += self.rest().len() - self.rest().trim_start().len();
        let quote = self.rest().chars().next().ok_or_else(unclosed)?;
        let mut value = String::new();
        if matches!(quote, '"' | '\'') {
            self.at += 1;
            loop {
                match self.rest().chars().next() {
                    None => return Err(unclosed()),
                    Some(it) if it == quote => break,
                    Some(_) => value.push(self.letter()),
                }
            }
            self.at += 1;
        } else {
            let plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-');
            let length = self.rest().find(|it| !plain(it)).ok_or_else(unclosed)?;
            value = self.rest()[..length].to_owned();
            if value.is_empty() {
                return Err(format!("Unexpected end of name token at byte offset {begin}"));
            }
            self.at += length;
        }
        Ok((name, value))
    }
}

/// A character written as a reference, and the bytes that it takes. Others stay as they are.
fn reference(rest: &str) -> Option<(char, usize)> {
    let inner = rest.strip_prefix('&')?;
    for (name, letter) in [("lt;", '<'), ("gt;", '>'), ("amp;", '&'), ("quot;", '"')] {
        if inner.starts_with(name) {
            return Some((letter, name.len() + 1));
        }
    }
    let number = inner.strip_prefix('#')?;
    let (digits, radix, skipped) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16, 3),
        None => (number, 10, 2),
    };
    let length = digits.find(|it: char| !it.is_digit(radix)).unwrap_or(digits.len());
    let code = u32::from_str_radix(&digits[..length], radix).ok()?;
    let letter = char::from_u32(code).filter(|it| *it != '\0')?;
    let semicolon = usize::from(digits[length..].starts_with(';'));
    Some((letter, skipped + length + semicolon))
}
