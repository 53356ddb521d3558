//! Text as Telegram keeps it: plain characters beside entities that point into them, counted in
//! UTF-16 units (Bot API 10.1, `MessageEntity`).

mod detect;
mod html;
mod markdown;
mod show;

use detect::detect;
pub(crate) use show::to_html;

use serde_json::{Value, json};

/// Text with what its parse mode meant taken out of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Styled {
    pub(crate) text: String,
    pub(crate) entities: Vec<Entity>,
}

/// One styled stretch, in UTF-16 units.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entity {
    pub(crate) kind: &'static str,
    pub(crate) offset: usize,
    pub(crate) length: usize,
    /// What the kind needs besides its place: `url`, `language`, `custom_emoji_id`, `unix_time`.
    pub(crate) extra: Option<(&'static str, Value)>,
}

impl Entity {
    pub(crate) fn end(&self) -> usize {
        self.offset + self.length
    }

    pub(crate) fn wire(&self) -> Value {
        let mut wire = json!({ "type": self.kind, "offset": self.offset, "length": self.length });
        if let Some((name, value)) = &self.extra {
            wire[*name] = value.clone();
        }
        wire
    }
}

/// Every kind that a bot may name itself, with the field that it needs.
const GIVEN_KINDS: [(&str, &str); 20] = [
    ("mention", ""),
    ("hashtag", ""),
    ("cashtag", ""),
    ("bot_command", ""),
    ("url", ""),
    ("email", ""),
    ("phone_number", ""),
    ("bold", ""),
    ("italic", ""),
    ("underline", ""),
    ("strikethrough", ""),
    ("spoiler", ""),
    ("blockquote", ""),
    ("expandable_blockquote", ""),
    ("code", ""),
    ("pre", "language"),
    ("text_link", "url"),
    ("text_mention", "user"),
    ("custom_emoji", "custom_emoji_id"),
    ("date_time", "unix_time"),
];

/// What the server finds by itself; a bot's own marks of these kinds are found again, not trusted.
fn is_found_by_server(kind: &str) -> bool {
    matches!(
        kind,
        "mention" | "hashtag" | "cashtag" | "bot_command" | "url" | "email" | "phone_number"
    )
}

/// Reads a text as its parse mode says. The error is Telegram's description without its prefix.
pub(crate) fn parse(text: &str, mode: &str, given: Option<&[Value]>) -> Result<Styled, String> {
    let mode = mode.to_ascii_lowercase();
    let mut styled = match mode.as_str() {
        "" | "none" => Styled { text: text.replace('\r', ""), entities: from_wire(given) },
        "html" => html::parse(text).map_err(|why| format!("can't parse entities: {why}"))?,
        "markdownv2" => {
            markdown::parse(text).map_err(|why| format!("can't parse entities: {why}"))?
        }
        "markdown" => {
            markdown::parse_legacy(text).map_err(|why| format!("can't parse entities: {why}"))?
        }
        _ => return Err("unsupported parse_mode".into()),
    };
    clean(&mut styled);
    Ok(styled)
}

fn from_wire(given: Option<&[Value]>) -> Vec<Entity> {
    let mut entities = Vec::new();
    for wire in given.unwrap_or_default() {
        let Some((kind, needs)) =
            GIVEN_KINDS.iter().find(|(kind, _)| wire["type"].as_str() == Some(kind))
        else {
            continue;
        };
        if is_found_by_server(kind) {
            continue;
        }
        let (Some(offset), Some(length)) = (wire["offset"].as_u64(), wire["length"].as_u64())
        else {
            continue;
        };
        let extra = wire.get(needs).map(|value| (*needs, value.clone()));
        if !needs.is_empty() && extra.is_none() && *kind != "pre" {
            continue;
        }
        let (offset, length) = (offset as usize, length as usize);
        entities.push(Entity { kind, offset, length, extra });
    }
    entities
}

/// The length that Telegram counts: UTF-16 code units.
pub(crate) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Trims what Telegram trims, and puts the entities in its order: by place, the wider first.
fn clean(styled: &mut Styled) {
    let leading = styled.text.len() - styled.text.trim_start().len();
    let skipped = units(&styled.text[..leading]);
    let trimmed = styled.text.trim().to_owned();
    let end = units(&trimmed);
    for entity in &mut styled.entities {
        let from = entity.offset.saturating_sub(skipped).min(end);
        let to = entity.end().saturating_sub(skipped).min(end);
        (entity.offset, entity.length) = (from, to - from);
    }
    styled.text = trimmed;
    styled.entities.retain(|it| it.length > 0);
    let solid: Vec<(usize, usize)> = styled
        .entities
        .iter()
        .filter(|it| matches!(it.kind, "code" | "pre"))
        .map(|it| (it.offset, it.end()))
        .collect();
    // Nothing else may be styled inside code: Telegram drops it without a word.
    styled.entities.retain(|it| {
        matches!(it.kind, "code" | "pre")
            || !solid.iter().any(|(from, to)| it.offset < *to && *from < it.end())
    });
    styled.entities.sort_by_key(|it| (it.offset, std::cmp::Reverse(it.length)));
}

/// Writes a styled text into a message, under the given names.
pub(crate) fn write_styled(wire: &mut Value, styled: &Styled, text: &str, marks: &str) {
    let Some(fields) = wire.as_object_mut() else { return };
    fields.remove(text);
    fields.remove(marks);
    if styled.text.is_empty() {
        return;
    }
    fields.insert(text.into(), json!(styled.text));
    let mut all = styled.entities.clone();
    detect(&styled.text, &mut all);
    let entities: Vec<Value> = all.iter().map(Entity::wire).collect();
    if !entities.is_empty() {
        fields.insert(marks.into(), Value::Array(entities));
    }
}
