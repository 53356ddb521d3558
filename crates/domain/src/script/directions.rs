//! Directions in a script: `[laughs]`, `<break/>`, `*whispers*`. An engine that doesn't know them
//! reads them aloud, so they are taken out for it; prices, sizes and asides in brackets stay.

use super::lines;

/// A script without directions: what is said and nothing else.
///
/// In square brackets one word of a direction is enough; in round ones and between asterisks, where
/// people also say what is to be heard, each word must be one. Asterisks around other words go, and
/// their words stay. A tag goes, and a break becomes a new line, which is a pause to every engine.
pub fn spoken(text: &str) -> String {
    let mut text = text.to_owned();
    // What stood around a direction may be one itself; each time it becomes shorter.
    loop {
        let without = lines(&once(&text));
        if without == text {
            return text;
        }
        text = without;
    }
}

/// What is there instead of a direction.
enum Instead<'a> {
    Nothing,
    Pause,
    Words(&'a str),
}

fn once(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let Some((long, instead)) = direction(&said, rest) else {
            said.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        rest = &rest[long..];
        match instead {
            Instead::Words(words) => said.push_str(words),
            Instead::Nothing => rest = closed(&mut said, rest),
            Instead::Pause => {
                rest = closed(&mut said, rest);
                said.push('\n');
            }
        }
    }
    said
}

/// Closes the gap where something was, as if it had never been there.
fn closed<'a>(said: &mut String, rest: &'a str) -> &'a str {
    said.truncate(said.trim_end_matches(' ').len());
    let mut rest = rest.trim_start_matches(' ');
    let is_end = |it: char| matches!(it, '.' | ',' | ';' | ':' | '!' | '?' | '…');
    let was = said.chars().next_back();
    // The mark that ended what was taken out.
    if was.is_none_or(|it| it == '\n' || is_end(it)) {
        rest =
            rest.strip_prefix(['.', ',', ';', ':']).map_or(rest, |it| it.trim_start_matches(' '));
    }
    let is_open = |it: char| matches!(it, '\n' | '(' | '[' | '«' | '“');
    let is_close = |it: char| matches!(it, '\n' | ')' | ']' | '»' | '”');
    let is_apart = was.is_some_and(|it| !is_open(it));
    if is_apart && rest.chars().next().is_some_and(|it| !is_end(it) && !is_close(it)) {
        said.push(' ');
    }
    rest
}

/// The direction with which a text begins: how long it is in bytes, and what is there instead.
fn direction<'a>(before: &str, rest: &'a str) -> Option<(usize, Instead<'a>)> {
    let is_first = before.is_empty() || before.ends_with('\n');
    match rest.chars().next()? {
        '<' => tag(rest),
        '[' => {
            let inner = enclosed(rest, '[', ']')?;
            let words = words(inner)?;
            words.iter().any(|it| is_sound(it) || is_manner(it)).then_some(())?;
            Some((inner.len() + 2, Instead::Nothing))
        }
        '(' => {
            let inner = enclosed(rest, '(', ')')?;
            is_all_direction(inner, is_first).then_some((inner.len() + 2, Instead::Nothing))
        }
        '*' => starred(before, rest),
        _ => None,
    }
}

/// The longest direction, in characters: what is longer is a text of its own.
const CHARS_MAX: usize = 48;
const WORDS_MAX: usize = 5;

/// What is between two marks on one line, with neither of them in it.
fn enclosed(rest: &str, open: char, close: char) -> Option<&str> {
    let inner = rest.strip_prefix(open)?;
    let (inner, _) = inner.split_once(close)?;
    (!inner.contains([open, '\n']) && inner.chars().count() <= CHARS_MAX).then_some(inner)
}

/// The words of what may be a direction, in small letters. What has a digit is a price or a size.
fn words(inner: &str) -> Option<Vec<String>> {
    let is_part = |it: char| it.is_alphabetic() || matches!(it, '\'' | '’' | '-');
    let words: Vec<String> = inner
        .split(|it: char| it.is_whitespace() || matches!(it, ',' | '.' | '…' | '!' | ':'))
        .filter(|it| !it.is_empty())
        .map(|it| it.to_lowercase().replace('ё', "е"))
        .collect();
    let is_plain = words.iter().all(|it| it.chars().all(is_part));
    (is_plain && (1..=WORDS_MAX).contains(&words.len())).then_some(words)
}

/// Each word is one of a direction. How something is said may as well be what is said, so it is
/// a direction only with a sound, or where a line begins.
fn is_all_direction(inner: &str, is_first: bool) -> bool {
    let Some(words) = words(inner) else { return false };
    let is_known = |it: &String| is_sound(it) || is_manner(it) || is_of(LINKS, it);
    let has_sound = words.iter().any(|it| is_sound(it));
    let has_manner = words.iter().any(|it| is_manner(it));
    words.iter().all(is_known) && (has_sound || is_first && has_manner)
}

/// Words between asterisks, as some write what is strong and others what is done.
fn starred<'a>(before: &str, rest: &'a str) -> Option<(usize, Instead<'a>)> {
    let inner = rest.trim_start_matches('*');
    let stars = &rest[..rest.len() - inner.len()];
    let (inner, after) = inner.split_once(stars)?;
    let touches = |it: char| it.is_alphanumeric() || it == '*';
    let opens = !before.ends_with(touches) && !inner.starts_with(char::is_whitespace);
    let closes = !after.starts_with(touches) && !inner.ends_with(char::is_whitespace);
    if !opens || !closes || inner.is_empty() || inner.contains(['\n', '*']) {
        return None;
    }
    let long = inner.len() + 2 * stars.len();
    let is_first = before.is_empty() || before.ends_with('\n');
    let is_direction = inner.chars().count() <= CHARS_MAX && is_all_direction(inner, is_first);
    Some((long, if is_direction { Instead::Nothing } else { Instead::Words(inner) }))
}

/// A tag of a markup language: a name in Latin letters, attributes in quotes, nothing else. So
/// neither `<3` nor `a < b` nor an address in angle brackets is one.
fn tag(rest: &str) -> Option<(usize, Instead<'_>)> {
    let (inner, _) = rest.strip_prefix('<')?.split_once('>')?;
    if inner.contains(['<', '\n']) {
        return None;
    }
    let long = inner.len() + 2;
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let inner = inner.strip_suffix('/').unwrap_or(inner).trim_end();
    let is_of_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | ':' | '_');
    let rest_of = |it: &str| it.trim_start_matches(is_of_name).len();
    let name = &inner[..inner.len() - rest_of(inner)];
    if !name.starts_with(|it: char| it.is_ascii_alphabetic()) {
        return None;
    }
    let mut attributes = &inner[name.len()..];
    while !attributes.is_empty() {
        let begun = attributes.trim_start();
        let value = &begun[begun.len() - rest_of(begun)..];
        let quoted = value.trim_start().strip_prefix('=')?.trim_start();
        let quote = quoted.chars().next().filter(|it| matches!(it, '"' | '\''))?;
        let (_, next) = quoted[1..].split_once(quote)?;
        if begun.len() == attributes.len() || begun.len() == value.len() {
            return None;
        }
        attributes = next;
    }
    let is_pause = matches!(name.to_ascii_lowercase().as_str(), "break" | "pause" | "p" | "br");
    Some((long, if is_pause { Instead::Pause } else { Instead::Nothing }))
}

fn is_sound(word: &str) -> bool {
    is_of(SOUNDS, word)
}

fn is_manner(word: &str) -> bool {
    is_of(MANNERS, word)
}

fn is_of(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|it| match it.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => it == word,
    })
}

/// What a person does with their voice, and feelings that no goods are described by. `*` stands for
/// any end, and `ё` is written `е`; English, Russian, Kazakh.
const SOUNDS: &str = "
    breathes chuckl* clears cough* cries crying excited* exhale* gasp* giggl* groan* gulp*
    hesitat* inhale* laugh* mischievous* mutter* nervous* pause pauses sarcas* shout* sigh sighing
    sighs sings smil* sniff* sob sobbing sobs stammer* whisper* yawn* yell yelling yells вздох*
    вздыха* взволнованно всхлип* восторженно грустно зевает зевая кашляет кашляя кричит крича
    молчит обиженно пауза паузу печально плача плачет радостно сердито смеется смех смехом смеясь
    таинственно удивленно улыбается улыбаясь улыбкой усмеха* хихика* хохоч* шепот шепотом шепчет
    шутливо айқайла* жымиып жылап кідіріс күледі күлкі күлімсіре* күліп күрсін* мұңайып ренжіп
    сыбырла* таңданып үзіліс қуанып қуанышпен
";

/// How something is said, or done.
const MANNERS: &str = "
    accent angrily angry applause breath calm calmly cheerful* curious* fast gently happily happy
    loudly music playful* quickly quietly sad sadly serious* slowly softly surprised voice warmly
    аплодисменты быстро весело восторгом голосом громким громко задумчиво игриво иронией иронично
    ласково медленно музыка нежно низким радостью серьезно спокойно тихим тихо уверенно удивлением
    ақырын байсалды баяу жайлап көңілді сабырлы тез қатты
";

/// What stands between the words of a direction.
const LINKS: &str = "
    a and in says the throat with в говорит делает и с со және дауыспен мен
";
