//! Entities back into HTML that a page may insert as it is: everything else is escaped.

use serde_json::Value;

/// Safe HTML of a text with its wire entities. Newlines stay newlines.
pub(crate) fn to_html(text: &str, entities: &[Value]) -> String {
    let mut marks: Vec<(usize, usize, String, &'static str)> = Vec::new();
    let wide: Vec<u16> = text.encode_utf16().collect();
    for entity in entities {
        let from = entity["offset"].as_u64().unwrap_or(0) as usize;
        let to = from + entity["length"].as_u64().unwrap_or(0) as usize;
        let to = to.min(wide.len());
        if from >= to {
            continue;
        }
        let stretch = String::from_utf16_lossy(&wide[from..to]);
        if let Some((begin, end)) = tags(entity, &stretch) {
            marks.push((from, to, begin, end));
        }
    }
    marks.sort_by_key(|(from, to, ..)| (*from, std::cmp::Reverse(*to)));
    let mut html = String::with_capacity(text.len() + 32);
    let mut open: Vec<usize> = Vec::new();
    let (mut next, mut unit) = (0, 0);
    for letter in text.chars() {
        while open.last().is_some_and(|at| marks[*at].1 <= unit) {
            html.push_str(open.pop().map_or("", |at| marks[at].3));
        }
        while next < marks.len() && marks[next].0 <= unit {
            // A mark may not end after the one it is in; Telegram's don't, a bot's own might.
            let limit = open.last().map_or(usize::MAX, |at| marks[*at].1);
            marks[next].1 = marks[next].1.min(limit);
            html.push_str(&marks[next].2);
            open.push(next);
            next += 1;
        }
        escape(letter, &mut html);
        unit += letter.len_utf16();
    }
    while let Some(at) = open.pop() {
        html.push_str(marks[at].3);
    }
    html
}

fn tags(entity: &Value, stretch: &str) -> Option<(String, &'static str)> {
    let plain = |begin: &str, end| Some((begin.to_owned(), end));
    match entity["type"].as_str()? {
        "bold" => plain("<b>", "</b>"),
        "italic" => plain("<i>", "</i>"),
        "underline" => plain("<u>", "</u>"),
        "strikethrough" => plain("<s>", "</s>"),
        "spoiler" => plain("<span class=\"tg-spoiler\">", "</span>"),
        "blockquote" => plain("<blockquote>", "</blockquote>"),
        "expandable_blockquote" => plain("<blockquote class=\"expandable\">", "</blockquote>"),
        "code" => plain("<code>", "</code>"),
        "pre" => match entity["language"].as_str() {
            Some(language) => {
                let language = escaped(language);
                Some((format!("<pre data-language=\"{language}\">"), "</pre>"))
            }
            None => plain("<pre>", "</pre>"),
        },
        "bot_command" => plain("<span class=\"bot-command\">", "</span>"),
        "mention" | "text_mention" => plain("<span class=\"mention\">", "</span>"),
        "hashtag" | "cashtag" => plain("<span class=\"hashtag\">", "</span>"),
        "text_link" => anchor(entity["url"].as_str()?),
        "url" => anchor(stretch),
        "email" => anchor(&format!("mailto:{stretch}")),
        _ => None,
    }
}

fn anchor(url: &str) -> Option<(String, &'static str)> {
    let lower = url.to_ascii_lowercase();
    let known = ["http://", "https://", "tg://", "mailto:", "tel:"];
    let url = if known.iter().any(|scheme| lower.starts_with(scheme)) {
        url.to_owned()
    } else if lower.contains(':') && !lower.contains('.') {
        return None;
    } else {
        format!("http://{url}")
    };
    let url = escaped(&url);
    Some((format!("<a href=\"{url}\" target=\"_blank\" rel=\"noopener noreferrer\">"), "</a>"))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        escape(letter, &mut out);
    }
    out
}

fn escape(letter: char, out: &mut String) {
    match letter {
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        _ => out.push(letter),
    }
}
