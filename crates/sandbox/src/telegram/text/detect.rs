//! What Telegram's server marks by itself: commands, links, mentions, hashtags, mail addresses.

use super::Entity;

/// Endings of bare host names that count as links; Telegram knows all of them, these are enough.
const HOST_ENDINGS: [&str; 14] =
    ["com", "org", "net", "io", "ru", "kz", "me", "ai", "app", "dev", "info", "pro", "рф", "su"];

/// Adds what is found to `entities`, but never inside code, a quotation's link or another link.
pub(crate) fn detect(text: &str, entities: &mut Vec<Entity>) {
    if !text.contains(['/', '@', '#', '.', '$']) {
        return;
    }
    let taken: Vec<(usize, usize)> = entities
        .iter()
        .filter(|it| matches!(it.kind, "code" | "pre" | "text_link" | "text_mention"))
        .map(|it| (it.offset, it.end()))
        .collect();
    let before = entities.len();
    let (mut offset, mut start, mut word, mut before_word) = (0, 0, String::new(), ' ');
    for letter in text.chars().chain(std::iter::once(' ')) {
        if letter.is_whitespace() || matches!(letter, '(' | ')' | '"' | '«' | '»' | '<' | '>') {
            // What looks like the end of a tag is no command.
            let is_tag = before_word == '<' && word.starts_with('/');
            if let Some((kind, length)) = look(&word).filter(|_| !is_tag) {
                let is_clear = !taken.iter().any(|(a, b)| start < *b && *a < start + length);
                if is_clear {
                    entities.push(Entity { kind, offset: start, length, extra: None });
                }
            }
            word.clear();
            before_word = letter;
            start = offset + letter.len_utf16();
        } else {
            word.push(letter);
        }
        offset += letter.len_utf16();
    }
    if entities.len() > before {
        entities.sort_by_key(|it| (it.offset, std::cmp::Reverse(it.length)));
    }
}

/// What a word is, and how much of it, in UTF-16 units.
fn look(word: &str) -> Option<(&'static str, usize)> {
    let trimmed = word.trim_end_matches(['.', ',', '!', '?', ';', ':', '…']);
    let whole = super::units(trimmed);
    let name_end = |from: usize| {
        trimmed[from..]
            .find(|it: char| !(it.is_alphanumeric() || it == '_'))
            .map_or(trimmed.len(), |at| from + at)
    };
    match trimmed.chars().next()? {
        '/' => {
            let end = trimmed[1..]
                .find(|it: char| !(it.is_ascii_alphanumeric() || it == '_'))
                .map_or(trimmed.len(), |at| at + 1);
            let is_whole = match trimmed[end..].strip_prefix('@') {
                Some(bot) if !bot.is_empty() => {
                    let last = name_end(end + 1);
                    last == trimmed.len() && last > end + 1
                }
                _ => end == trimmed.len(),
            };
            (is_whole && (2..=65).contains(&end)).then_some(("bot_command", whole))
        }
        '@' => {
            let end = name_end(1);
            let ascii = trimmed[..end].is_ascii();
            (ascii && end == trimmed.len() && (5..=33).contains(&end)).then_some(("mention", whole))
        }
        '#' => {
            let end = name_end(1);
            let named = trimmed[1..end].chars().any(|it| !it.is_ascii_digit());
            (named && end > 1).then(|| ("hashtag", super::units(&trimmed[..end])))
        }
        '$' => {
            let name = &trimmed[1..];
            let good =
                (1..=8).contains(&name.len()) && name.bytes().all(|it| it.is_ascii_uppercase());
            good.then_some(("cashtag", whole))
        }
        _ => link(trimmed).map(|kind| (kind, whole)),
    }
}

fn link(word: &str) -> Option<&'static str> {
    let lower = word.to_lowercase();
    let bare = ["https://", "http://", "ton://", "tg://"]
        .iter()
        .find_map(|scheme| lower.strip_prefix(scheme));
    if let Some(rest) = bare {
        return (!rest.is_empty()).then_some("url");
    }
    let host = lower.split(['/', '?', '#']).next().unwrap_or_default();
    if let Some((name, host)) = host.split_once('@') {
        return (!name.is_empty() && has_known_ending(host)).then_some("email");
    }
    has_known_ending(host).then_some("url")
}

fn has_known_ending(host: &str) -> bool {
    let host = host.split(':').next().unwrap_or_default();
    host.rsplit_once('.').is_some_and(|(name, ending)| {
        HOST_ENDINGS.contains(&ending)
            && name.chars().all(|it| it.is_alphanumeric() || matches!(it, '-' | '.' | '_' | '+'))
            && name.chars().next().is_some_and(char::is_alphanumeric)
    })
}
