//! `parse_mode: MarkdownV2`, and the old `Markdown` in the little that it could do.

use super::html::whole_link;
use super::{Entity, Styled};
use serde_json::{Value, json};

/// What has to be escaped wherever it isn't a mark.
const RESERVED: &str = "_*[]()~`>#+-=|{}.!";

struct Open {
    mark: &'static str,
    kind: &'static str,
    offset: usize,
    byte: usize,
}

struct Reader<'a> {
    source: &'a str,
    at: usize,
    out: String,
    length: usize,
    entities: Vec<Entity>,
    open: Vec<Open>,
    /// Where the quotation that is being read began.
    quote: Option<usize>,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str) -> Self {
        Reader {
            source,
            at: 0,
            out: String::with_capacity(source.len()),
            length: 0,
            entities: Vec::new(),
            open: Vec::new(),
            quote: None,
        }
    }

    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn push(&mut self, letter: char) {
        self.at += letter.len_utf8();
        if letter != '\r' {
            self.out.push(letter);
            self.length += letter.len_utf16();
        }
    }

    fn add(&mut self, kind: &'static str, offset: usize, extra: Option<(&'static str, Value)>) {
        let length = self.length - offset;
        self.entities.push(Entity { kind, offset, length, extra });
    }

    fn is_line_start(&self) -> bool {
        self.at == 0 || self.source[..self.at].ends_with('\n')
    }

    /// Opens or closes a mark that is the same on both of its sides.
    fn toggle(&mut self, mark: &'static str, kind: &'static str) -> Result<(), String> {
        let byte = self.at;
        self.at += mark.len();
        match self.open.last() {
            Some(last) if last.mark == mark => {
                let open = self.open.pop().map_or(0, |it| it.offset);
                self.add(kind, open, None);
            }
            _ if self.open.iter().any(|it| it.mark == mark) => {
                let last = self.open.last().map_or(("", 0), |it| (it.kind, it.byte));
                return Err(unended(last.0, last.1));
            }
            _ => self.open.push(Open { mark, kind, offset: self.length, byte }),
        }
        Ok(())
    }

    /// Reads code up to its closing mark; only a backslash and a backtick are escaped in it.
    fn code(&mut self, mark: &'static str) -> Result<(), String> {
        let (byte, offset) = (self.at, self.length);
        self.at += mark.len();
        let mut language = None;
        if mark == "```" {
            let name = self.rest().find(|it: char| it.is_whitespace() || it == '`').unwrap_or(0);
            if name > 0 && self.rest()[name..].starts_with('\n') {
                language = Some(self.rest()[..name].to_owned());
                self.at += name;
            }
            if self.rest().starts_with('\n') {
                self.at += 1;
            }
        }
        while !self.rest().starts_with(mark) {
            let escaped = self.rest().starts_with("\\`") || self.rest().starts_with("\\\\");
            self.at += usize::from(escaped);
            match self.rest().chars().next() {
                Some(letter) => self.push(letter),
                None => {
                    let kind = if mark == "```" { "pre" } else { "code" };
                    return Err(unended(kind, byte));
                }
            }
        }
        self.at += mark.len();
        match (mark, language) {
            ("```", Some(name)) => self.add("pre", offset, Some(("language", json!(name)))),
            ("```", None) => self.add("pre", offset, None),
            _ => self.add("code", offset, None),
        }
        Ok(())
    }

    /// Closes `[shown](url)`, or `![shown](tg://emoji?id=…)`.
    fn link(&mut self) -> Result<(), String> {
        let open = self.open.pop().expect("only called when a link is open");
        self.at += 1;
        let mut url = String::new();
        if self.rest().starts_with('(') {
            let begin = self.at;
            self.at += 1;
            loop {
                match self.rest().chars().next() {
                    None => {
                        return Err(format!("Can't find end of a URL at byte offset {begin}"));
                    }
                    Some(')') => break,
                    Some('\\') if self.rest().len() > 1 => {
                        self.at += 1;
                        let letter = self.rest().chars().next().unwrap_or('\\');
                        self.at += letter.len_utf8();
                        url.push(letter);
                    }
                    Some(letter) => {
                        self.at += letter.len_utf8();
                        url.push(letter);
                    }
                }
            }
            self.at += 1;
        }
        if open.mark == "![" {
            let id = url.strip_prefix("tg://emoji?id=").ok_or_else(|| {
                format!(
                    "Custom emoji entity must contain a tg://emoji URL at byte offset {}",
                    open.byte
                )
            })?;
            let id = json!(id);
            self.add("custom_emoji", open.offset, Some(("custom_emoji_id", id)));
        } else if let Some(url) = whole_link(&url) {
            self.add("text_link", open.offset, Some(("url", json!(url))));
        }
        Ok(())
    }

    /// At the beginning of a line: steps over the mark of a quotation, or ends the one before.
    fn quotes(&mut self) -> bool {
        let rest = self.rest();
        let Some(mark) = ["**>", ">"].into_iter().find(|mark| rest.starts_with(mark)) else {
            self.end_quote(false);
            return false;
        };
        if self.quote.is_none() || mark == "**>" {
            self.end_quote(false);
            self.quote = Some(self.length);
        }
        self.at += mark.len();
        true
    }

    fn end_quote(&mut self, is_expandable: bool) {
        if let Some(offset) = self.quote.take() {
            let kind = if is_expandable { "expandable_blockquote" } else { "blockquote" };
            self.add(kind, offset, None);
        }
    }
}

fn unended(kind: &str, byte: usize) -> String {
    let mut name = kind.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("Can't find end of {name} entity at byte offset {byte}")
}

pub(super) fn parse(source: &str) -> Result<Styled, String> {
    let mut it = Reader::new(source);
    while it.at < source.len() {
        let rest = it.rest();
        if it.is_line_start() && it.quotes() {
            continue;
        }
        let link_open = it.open.last().is_some_and(|open| open.mark.ends_with('['));
        match rest.chars().next().unwrap_or('\0') {
            '\\' if rest[1..].starts_with(|next: char| next.is_ascii() && next != '\0') => {
                it.at += 1;
                let letter = it.rest().chars().next().unwrap_or('\\');
                it.push(letter);
            }
            '`' if rest.starts_with("```") => it.code("```")?,
            '`' => it.code("`")?,
            '_' if rest.starts_with("__") => it.toggle("__", "underline")?,
            '_' => it.toggle("_", "italic")?,
            '*' => it.toggle("*", "bold")?,
            '~' => it.toggle("~", "strikethrough")?,
            '|' if rest.starts_with("||") => {
                let ends_line = rest.len() == 2 || rest[2..].starts_with('\n');
                let spoiler_open = it.open.iter().any(|open| open.mark == "||");
                if ends_line && it.quote.is_some() && !spoiler_open {
                    it.at += 2;
                    it.end_quote(true);
                } else {
                    it.toggle("||", "spoiler")?;
                }
            }
            '!' if rest.starts_with("![") => {
                it.open.push(Open {
                    mark: "![",
                    kind: "custom_emoji",
                    offset: it.length,
                    byte: it.at,
                });
                it.at += 2;
            }
            '[' => {
                it.open.push(Open { mark: "[", kind: "text_url", offset: it.length, byte: it.at });
                it.at += 1;
            }
            ']' if link_open => it.link()?,
            letter if RESERVED.contains(letter) => {
                return Err(format!(
                    "Character '{letter}' is reserved and must be escaped with the preceding '\\'"
                ));
            }
            letter => it.push(letter),
        }
    }
    it.end_quote(false);
    match it.open.pop() {
        Some(open) => Err(unended(open.kind, open.byte)),
        None => Ok(Styled { text: it.out, entities: it.entities }),
    }
}

/// The old mode: no nesting, four marks and a link, and only those are ever escaped.
pub(super) fn parse_legacy(source: &str) -> Result<Styled, String> {
    let mut it = Reader::new(source);
    while it.at < source.len() {
        let rest = it.rest();
        match rest.chars().next().unwrap_or('\0') {
            '\\' if rest[1..].starts_with(['_', '*', '`', '[']) => {
                it.at += 1;
                let letter = it.rest().chars().next().unwrap_or('\\');
                it.push(letter);
            }
            '`' if rest.starts_with("```") => it.code("```")?,
            '`' => it.code("`")?,
            '_' => it.toggle("_", "italic")?,
            '*' => it.toggle("*", "bold")?,
            '[' if rest.contains("](") => {
                it.open.push(Open { mark: "[", kind: "text_url", offset: it.length, byte: it.at });
                it.at += 1;
            }
            ']' if it.open.last().is_some_and(|open| open.mark == "[") => it.link()?,
            letter => it.push(letter),
        }
    }
    match it.open.pop() {
        Some(open) => {
            Err(format!("Can't find end of the entity starting at byte offset {}", open.byte))
        }
        None => Ok(Styled { text: it.out, entities: it.entities }),
    }
}
