//! Telegram's HTML as its documentation (Bot API, "HTML style") allows it.

/// Tags that may be used without attributes; we say nothing that needs others.
const TAGS: [&str; 13] = [
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "code",
    "pre",
    "blockquote",
    "tg-spoiler",
];
const ENTITIES: [(&str, char); 4] = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"')];

/// The text without its tags, or what is wrong with it.
pub fn plain(html: &str) -> Result<String, String> {
    let mut open = Vec::new();
    let mut text = String::new();
    let mut rest = html;
    while let Some(it) = rest.chars().next() {
        match it {
            '<' => {
                let (tag, after) = rest[1..].split_once('>').ok_or("a tag has no end")?;
                match tag.strip_prefix('/') {
                    Some(tag) if open.last() == Some(&tag) => _ = open.pop(),
                    Some(tag) => return Err(format!("</{tag}> closes {open:?}")),
                    None if TAGS.contains(&tag) => open.push(tag),
                    None => return Err(format!("<{tag}> is no tag of Telegram")),
                }
                rest = after;
            }
            '>' => return Err("a bare >".to_owned()),
            '&' => {
                let known = ENTITIES.iter().find(|(name, _)| rest.starts_with(name));
                let (name, it) = known.ok_or("a bare &")?;
                text.push(*it);
                rest = &rest[name.len()..];
            }
            it => {
                text.push(it);
                rest = &rest[it.len_utf8()..];
            }
        }
    }
    if open.is_empty() { Ok(text) } else { Err(format!("{open:?} is never closed")) }
}

#[track_caller]
fn check(html: &str, expected: &str) {
    let got = match plain(html) {
        Ok(text) => text,
        Err(wrong) => format!("wrong: {wrong}"),
    };
    assert_eq!(got, expected, "{html}");
}

#[test]
fn what_telegram_would_refuse_is_refused_here() {
    check("<b>Hello</b>, Anna", "Hello, Anna");
    check("<b>Tom &amp; <i>Jerry</i></b>", "Tom & Jerry");
    check("&lt;3", "<3");
    check("<3", "wrong: a tag has no end");
    check("<h1>Hello</h1>", "wrong: <h1> is no tag of Telegram");
    check("<b><i>Hello</b></i>", "wrong: </b> closes [\"b\", \"i\"]");
    check("<b>Hello", "wrong: [\"b\"] is never closed");
    check("Tom & Jerry", "wrong: a bare &");
    check("1 > 0", "wrong: a bare >");
}
