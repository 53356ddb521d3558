//! `reply_markup`: what Telegram takes as one, and its refusals of the rest.

use super::refusal::Refusal;
use super::text::units;
use serde_json::{Map, Value, json};

const CALLBACK_BYTES_MAX: usize = 64;
const COPIED_UNITS_MAX: usize = 256;
/// Where practice has the ceiling; Telegram publishes none.
const BUTTONS_MAX: usize = 100;

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Markup {
    #[default]
    None,
    /// `InlineKeyboardMarkup`, as it goes into the message.
    Inline(Value),
    /// `ReplyKeyboardMarkup`.
    Keyboard(Value),
    Remove,
    ForceReply,
}

/// The actions of an inline button; it has exactly one (Bot API 10.3).
const ACTIONS: [&str; 11] = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
];

const DECORATIONS: [&str; 2] = ["style", "icon_custom_emoji_id"];

impl Markup {
    /// Reads the parameter. A pay button is only known to invoices.
    pub(crate) fn read(given: Option<&Value>, is_invoice: bool) -> Result<Markup, Refusal> {
        let Some(given) = given else { return Ok(Markup::None) };
        let Some(fields) = given.as_object() else {
            return Err(Refusal::bad("object expected as reply markup"));
        };
        if let Some(rows) = fields.get("inline_keyboard") {
            let rows = inline(rows, is_invoice)?;
            if rows.is_empty() {
                return Ok(Markup::None);
            }
            return Ok(Markup::Inline(json!({ "inline_keyboard": rows })));
        }
        if fields.contains_key("keyboard") {
            return keyboard(fields).map(Markup::Keyboard);
        }
        if fields.get("remove_keyboard").and_then(Value::as_bool) == Some(true) {
            return Ok(Markup::Remove);
        }
        if fields.get("force_reply").and_then(Value::as_bool) == Some(true) {
            return Ok(Markup::ForceReply);
        }
        Ok(Markup::None)
    }
}

fn rows_of(rows: &Value) -> Result<Vec<&Vec<Value>>, Refusal> {
    let unreadable = || Refusal::bad("field \"inline_keyboard\" must be of type Array");
    let rows = rows.as_array().ok_or_else(unreadable)?;
    let rows: Option<Vec<_>> = rows.iter().map(Value::as_array).collect();
    rows.ok_or_else(|| {
        Refusal::bad("can't parse inline keyboard: expected an Array of Array of buttons")
    })
}

fn inline(rows: &Value, is_invoice: bool) -> Result<Vec<Value>, Refusal> {
    let rows = rows_of(rows)?;
    if rows.iter().map(|row| row.len()).sum::<usize>() > BUTTONS_MAX {
        return Err(Refusal::bad("reply markup is too long"));
    }
    let mut read = Vec::new();
    let mut is_first = true;
    for row in rows.into_iter().filter(|row| !row.is_empty()) {
        let mut buttons = Vec::new();
        for button in row {
            buttons.push(inline_button(button, is_invoice, is_first)?);
            is_first = false;
        }
        read.push(Value::Array(buttons));
    }
    let begins_with_pay = read.first().is_some_and(|row| row[0]["pay"] == true);
    if is_invoice && !read.is_empty() && !begins_with_pay {
        return Err(Refusal::bad("BUTTON_TYPE_INVALID"));
    }
    Ok(read)
}

fn inline_button(button: &Value, is_invoice: bool, is_first: bool) -> Result<Value, Refusal> {
    let unparsed = |why: &str| Refusal::bad(format!("can't parse inline keyboard button: {why}"));
    let Some(fields) = button.as_object() else {
        return Err(unparsed("InlineKeyboardButton must be an Object"));
    };
    let text = text_of(fields).ok_or_else(|| unparsed("Field \"text\" must be of type String"))?;
    if text.trim().is_empty() {
        return Err(unparsed("Button text must be non-empty"));
    }
    let present = |name: &&&str| fields.get(**name).is_some_and(|it| !it.is_null() && *it != false);
    let actions: Vec<&str> = ACTIONS.iter().filter(present).copied().collect();
    let action = match actions[..] {
        [] => return Err(unparsed("Text buttons are unallowed in the inline keyboard")),
        [action] => action,
        _ => return Err(Refusal::bad("BUTTON_TYPE_INVALID")),
    };
    check_action(action, &fields[action], is_invoice && is_first)?;
    if let Some(style) = fields.get("style")
        && !["danger", "success", "primary"].iter().any(|known| style == known)
    {
        return Err(unparsed("Invalid button style specified"));
    }
    let mut read = Map::new();
    read.insert("text".into(), json!(text));
    for name in DECORATIONS.into_iter().chain([action]) {
        if let Some(value) = fields.get(name) {
            read.insert(name.into(), value.clone());
        }
    }
    Ok(Value::Object(read))
}

fn check_action(action: &str, value: &Value, may_pay: bool) -> Result<(), Refusal> {
    match action {
        "callback_data" => {
            let length = value.as_str().map_or(0, str::len);
            if !(1..=CALLBACK_BYTES_MAX).contains(&length) {
                return Err(Refusal::bad("BUTTON_DATA_INVALID"));
            }
        }
        "url" => check_link(value.as_str().unwrap_or_default())?,
        "web_app" | "login_url" => {
            let url = value["url"].as_str().unwrap_or_default();
            if !url.starts_with("https://") {
                let what = if action == "web_app" { "Web App" } else { "login" };
                return Err(Refusal::bad(format!(
                    "inline keyboard button {what} URL '{url}' is invalid: Only HTTPS links are \
                     allowed"
                )));
            }
        }
        "copy_text" => {
            let length = value["text"].as_str().map_or(0, units);
            if !(1..=COPIED_UNITS_MAX).contains(&length) {
                return Err(Refusal::bad("BUTTON_COPY_TEXT_INVALID"));
            }
        }
        // The switches and the game need what a bot has to ask BotFather for.
        "callback_game" => return Err(Refusal::bad("BUTTON_TYPE_INVALID")),
        "pay" if !may_pay => return Err(Refusal::bad("BUTTON_TYPE_INVALID")),
        _ => {}
    }
    Ok(())
}

/// Telegram takes links with a scheme that it knows, or none, to a host with a dot in it.
fn check_link(link: &str) -> Result<(), Refusal> {
    let wrong = |why: &str| {
        Err(Refusal::bad(format!("inline keyboard button URL '{link}' is invalid: {why}")))
    };
    if link.is_empty() {
        return wrong("URL is empty");
    }
    let (scheme, rest) = link.split_once("://").unwrap_or(("http", link));
    match scheme.to_ascii_lowercase().as_str() {
        "tg" | "ton" | "tonsite" => Ok(()),
        "http" | "https" => {
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            let host = authority.rsplit('@').next().unwrap_or_default();
            let host = host.split(':').next().unwrap_or_default();
            let is_host = host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !host.contains(char::is_whitespace);
            if is_host { Ok(()) } else { wrong("Wrong HTTP URL") }
        }
        _ => wrong("Unsupported URL protocol"),
    }
}

fn text_of(fields: &Map<String, Value>) -> Option<&str> {
    fields.get("text")?.as_str()
}

fn keyboard(fields: &Map<String, Value>) -> Result<Value, Refusal> {
    let unparsed = |why: &str| Refusal::bad(format!("can't parse keyboard button: {why}"));
    let rows = fields["keyboard"]
        .as_array()
        .ok_or_else(|| Refusal::bad("field \"keyboard\" must be of type Array"))?;
    let mut read = Vec::new();
    let mut count = 0;
    for row in rows {
        let row =
            row.as_array().ok_or_else(|| unparsed("expected an Array of Array of buttons"))?;
        let mut buttons = Vec::new();
        for button in row {
            let button = match button {
                Value::String(text) => json!({ "text": text }),
                Value::Object(fields) if text_of(fields).is_some() => button.clone(),
                _ => return Err(unparsed("Field \"text\" must be of type String")),
            };
            if button["text"].as_str().is_none_or(|text| text.trim().is_empty()) {
                return Err(Refusal::bad("KEYBOARD_BUTTON_TEXT_EMPTY"));
            }
            buttons.push(button);
            count += 1;
        }
        if !buttons.is_empty() {
            read.push(Value::Array(buttons));
        }
    }
    if count > BUTTONS_MAX * 3 {
        return Err(Refusal::bad("reply markup is too long"));
    }
    let mut keyboard = fields.clone();
    keyboard.insert("keyboard".into(), Value::Array(read));
    Ok(Value::Object(keyboard))
}
