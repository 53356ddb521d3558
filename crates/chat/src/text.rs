//! What we say: Fluent texts of `lang/`, compiled in.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use domain::{Credits, Language};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// The files. One more language is a file, a line here and a variant of `Language`.
pub const FILES: [(Language, &str); 3] = [
    (Language::En, include_str!("../../../lang/en.ftl")),
    (Language::Kk, include_str!("../../../lang/kk.ftl")),
    (Language::Ru, include_str!("../../../lang/ru.ftl")),
];

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<Vec<(Language, Arc<Bundle>)>> = LazyLock::new(|| {
    FILES.iter().map(|(language, file)| (*language, Arc::new(bundle(*language, file)))).collect()
});

fn bundle(language: Language, file: &str) -> Bundle {
    let tag = language.as_str().parse().expect("our own language tags are well formed");
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // Marks around inserted values would reach button labels and confuse clients.
    bundle.set_use_isolating(false);
    // A faulty line loses that text only; the languages test refuses it before it ships.
    let resource = FluentResource::try_new(file.to_owned()).unwrap_or_else(|(it, _)| it);
    bundle.add_resource_overriding(resource);
    bundle
}

/// A value put into a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    Number(i64),
    /// From a user: escaped wherever the text is HTML.
    Text(String),
    /// A text of ours that was already said, so it is already HTML.
    Said(String),
}

macro_rules! from_number {
    ($($type:ty)*) => {$(
        impl From<$type> for Arg {
            fn from(number: $type) -> Self {
                Self::Number(i64::from(number))
            }
        }
    )*};
}

from_number!(u8 u32 i64 Credits);

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// The voice of one language.
#[derive(Clone)]
pub struct Speech {
    language: Language,
    bundle: Arc<Bundle>,
}

impl Speech {
    pub fn of(language: Language) -> Self {
        let bundle = BUNDLES
            .iter()
            .find_map(|(it, bundle)| (*it == language).then(|| bundle.clone()))
            .expect("FILES has every language, which a test compares with Language::ALL");
        Self { language, bundle }
    }

    pub fn language(&self) -> Language {
        self.language
    }

    pub fn decimal_point(&self) -> &'static str {
        match self.language {
            Language::En => ".",
            Language::Kk | Language::Ru => ",",
        }
    }

    /// A text as Telegram's HTML.
    pub fn say(&self, key: &str, args: &[(&'static str, Arg)]) -> String {
        self.format(key, args, true)
    }

    /// A text as it is, for buttons and other places without formatting.
    pub fn label(&self, key: &str, args: &[(&'static str, Arg)]) -> String {
        self.format(key, args, false)
    }

    fn format(&self, key: &str, args: &[(&'static str, Arg)], is_html: bool) -> String {
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, arg) in args {
            let value = match arg {
                Arg::Number(number) => FluentValue::from(*number),
                Arg::Text(text) if is_html => FluentValue::from(escape(text).into_owned()),
                Arg::Text(text) | Arg::Said(text) => FluentValue::from(text.clone()),
            };
            values.set(*name, value);
        }
        let Some(pattern) = self.bundle.get_message(key).and_then(|it| it.value()) else {
            return key.to_owned();
        };
        let mut faults = Vec::new();
        self.bundle.format_pattern(pattern, Some(&values), &mut faults).into_owned()
    }
}

/// Makes a text safe inside Telegram's HTML.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '>', '&', '"']) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for it in text.chars() {
        match it {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            it => safe.push(it),
        }
    }
    Cow::Owned(safe)
}

/// How far something is, as a row of ten marks.
pub fn bar(percent: u8) -> String {
    let done = usize::from(percent.min(100) / 10);
    "▰".repeat(done) + &"▱".repeat(10 - done)
}

/// A number of credits as people write it, one at least: `250`, `1 000`.
pub fn credits_of(text: &str) -> Option<Credits> {
    let digits: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    let is_number = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    let credits = if is_number { Credits::new(digits.parse().ok()?)? } else { return None };
    (!credits.is_zero()).then_some(credits)
}

/// An address that lets people send a link on to a friend, with some words of ours
/// (Telegram's documentation of deep links, "Share links").
pub fn share(link: &str, words: &str) -> String {
    format!("https://t.me/share/url?url={}&text={}", percent(link), percent(words))
}

/// A value inside an address (RFC 3986: all but the unreserved characters are written in hex).
fn percent(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                safe.push(char::from(byte));
            }
            byte => safe.push_str(&format!("%{byte:02X}")),
        }
    }
    safe
}
