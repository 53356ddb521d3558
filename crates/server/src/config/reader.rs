//! Values with types, out of the layers: each reading checks, and remembers what was wrong.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use secrecy::SecretString;
use toml::Value;
use url::Url;

use super::layers::{Layers, SetBy, template};
use super::{ConfigError, Setting};

pub(super) struct Reader {
    layers: Layers,
    /// Keys of the manual that something has asked for.
    read: BTreeSet<String>,
    secrets: BTreeSet<String>,
}

impl Reader {
    pub fn new(layers: Layers) -> Self {
        Self { layers, read: BTreeSet::new(), secrets: BTreeSet::new() }
    }

    pub fn is_set(&self, key: &str) -> bool {
        self.layers.is_set(key)
    }

    /// See [`Layers::below`].
    pub fn below(&self, prefix: &str) -> BTreeSet<String> {
        self.layers.below(prefix)
    }

    /// Says what is wrong with a key, naming who set it and, unless it is secret, the value.
    pub fn fault(&mut self, key: &str, what: &str) {
        let set = self.layers.get(key);
        let value = match shown(&set.value) {
            _ if self.secrets.contains(&template(key)) => String::new(),
            text if text.is_empty() || set.from == SetBy::Default => String::new(),
            text => format!(" (it is `{text}`)"),
        };
        self.layers.faults.push(match &set.from {
            SetBy::Default => format!("{key}: {what}{value}"),
            SetBy::File(name) => format!("{name}: {key}: {what}{value}"),
            SetBy::Environment(name) => format!("{name}: {key} {what}{value}"),
            SetBy::DotEnv(name) => format!(".env: {name}: {key} {what}{value}"),
            SetBy::Argument(name) => format!("{name}: {what}{value}"),
        });
    }

    fn value(&mut self, key: &str) -> Value {
        self.read.insert(template(key));
        self.layers.get(key).value
    }

    /// A text without blanks around it; `None` when it is empty.
    pub fn text(&mut self, key: &str) -> Option<String> {
        match self.value(key) {
            Value::String(text) => Some(text.trim().to_owned()).filter(|it| !it.is_empty()),
            _ => {
                self.fault(key, "must be a text in quotes");
                None
            }
        }
    }

    pub fn secret(&mut self, key: &str) -> Option<SecretString> {
        self.secrets.insert(template(key));
        self.text(key).map(SecretString::from)
    }

    /// A whole number within limits. Where the manual has an empty text, none may be given.
    pub fn maybe_number(&mut self, key: &str, limits: RangeInclusive<i64>) -> Option<i64> {
        let number = match self.value(key) {
            Value::Integer(number) => Some(number),
            Value::String(text) if text.is_empty() => return None,
            Value::String(text) if self.is_text(key) => text.replace('_', "").parse().ok(),
            _ => None,
        };
        let number = number.filter(|it| limits.contains(it));
        if number.is_none() {
            let (least, most) = (limits.start(), limits.end());
            self.fault(key, &format!("must be a whole number from {least} to {most}"));
        }
        number
    }

    /// As [`Reader::maybe_number`], for keys with a number in the manual.
    pub fn number<N: TryFrom<i64> + Default>(
        &mut self,
        key: &str,
        limits: RangeInclusive<i64>,
    ) -> N {
        // A fault was told already, so what stands in for the number is never seen.
        let number = self.maybe_number(key, limits).unwrap_or_default();
        N::try_from(number).unwrap_or_default()
    }

    pub fn maybe_flag(&mut self, key: &str) -> Option<bool> {
        match self.value(key) {
            Value::Boolean(flag) => return Some(flag),
            Value::String(text) if text.is_empty() => return None,
            Value::String(text) if self.is_text(key) => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => return Some(true),
                "false" | "no" | "off" | "0" => return Some(false),
                _ => {}
            },
            _ => {}
        }
        self.fault(key, "must be true or false");
        None
    }

    pub fn flag(&mut self, key: &str) -> bool {
        self.maybe_flag(key).unwrap_or_default()
    }

    /// A decimal fraction from 0 to 1 in millionths, read digit by digit and never rounded.
    pub fn maybe_millionths(&mut self, key: &str) -> Option<u32> {
        let text = match self.value(key) {
            Value::String(text) if text.is_empty() => return None,
            Value::String(text) => text,
            // The shortest text that reads back as this number: what the operator wrote.
            Value::Float(number) => format!("{number}"),
            _ => String::new(),
        };
        let millionths = millionths(&text);
        if millionths.is_none() {
            self.fault(
                key,
                "must be a fraction below 1 with six places at most, such as \"0.0002\"",
            );
        }
        millionths
    }

    /// One of a few words.
    pub fn word<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> T {
        self.maybe_word(key, words).unwrap_or(words[0].1)
    }

    pub fn maybe_word<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?.to_lowercase();
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, it)| *it);
        if found.is_none() {
            let words: Vec<String> = words.iter().map(|(it, _)| format!("\"{it}\"")).collect();
            self.fault(key, &format!("must be one of {}", words.join(", ")));
        }
        found
    }

    fn list(&mut self, key: &str) -> Vec<String> {
        match self.value(key) {
            Value::Array(list) => list.iter().map(shown).collect(),
            Value::String(text) if self.is_text(key) => text
                .split([',', ';', ' '])
                .map(|it| it.trim_matches(['[', ']', '"', '\'']).trim().to_owned())
                .filter(|it| !it.is_empty())
                .collect(),
            _ => {
                self.fault(key, "must be a list");
                Vec::new()
            }
        }
    }

    /// A list whose entries all pass `parse`.
    pub fn list_of<T>(
        &mut self,
        key: &str,
        what: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let list = self.list(key);
        let count = list.len();
        let parsed: Vec<T> = list.iter().filter_map(|it| parse(it)).collect();
        if parsed.len() < count {
            self.fault(key, &format!("must be a list of {what}"));
        }
        parsed
    }

    /// Ids of people or chats. Some write `false` for nobody.
    pub fn people(&mut self, key: &str) -> Vec<i64> {
        if self.is_text(key) && self.value(key).as_str() == Some("false") {
            return Vec::new();
        }
        self.list_of(key, "Telegram ids, which are whole numbers above zero", |it| {
            it.parse().ok().filter(|it| 0 < *it)
        })
    }

    pub fn address(&mut self, key: &str) -> IpAddr {
        let text = self.text(key).unwrap_or_default();
        text.parse().unwrap_or_else(|_| {
            self.fault(key, "must be an IP address, such as 127.0.0.1 or 0.0.0.0");
            IpAddr::from([127, 0, 0, 1])
        })
    }

    /// A web address; plain http only where nobody can listen in.
    pub fn maybe_url(&mut self, key: &str) -> Option<Url> {
        let text = self.text(key)?;
        let url = Url::parse(&text).ok().filter(|url| {
            let is_safe = match url.scheme() {
                "https" => url.host().is_some(),
                "http" => url.host().is_some_and(|it| is_near(&it)),
                _ => false,
            };
            is_safe && url.query().is_none()
        });
        if url.is_none() {
            self.fault(key, "must be an address that begins with https://");
        }
        url
    }

    /// A web address to which paths are added: without a slash at its end.
    pub fn maybe_base(&mut self, key: &str) -> Option<String> {
        self.maybe_url(key).map(|it| it.as_str().trim_end_matches('/').to_owned())
    }

    /// As [`Reader::maybe_base`], for keys with an address in the manual.
    pub fn base(&mut self, key: &str) -> String {
        if self.text(key).is_none() {
            self.fault(key, "must be an address that begins with https://");
        }
        self.maybe_base(key).unwrap_or_default()
    }

    /// Whether the value came as text, as all values of the environment do.
    fn is_text(&self, key: &str) -> bool {
        match self.layers.get(key).from {
            SetBy::Environment(_) | SetBy::DotEnv(_) => true,
            SetBy::Default | SetBy::File(_) | SetBy::Argument(_) => false,
        }
    }

    /// Every setting with its value and who set it, or all faults.
    pub fn finish(mut self) -> Result<Vec<Setting>, ConfigError> {
        for key in self.layers.keys().map(str::to_owned).collect::<Vec<_>>() {
            if !self.read.contains(&key) {
                self.layers.faults.push(format!("{key}: atelier.toml has it and nothing reads it"));
            }
        }
        if !self.layers.faults.is_empty() {
            return Err(ConfigError { faults: self.layers.faults });
        }
        let settings = self.layers.everything().into_iter().map(|(key, set)| {
            let is_secret = self.secrets.contains(&template(&key));
            let text = shown(&set.value);
            let shown = if is_secret { hidden(&text) } else { text };
            Setting { key, shown, from: set.from, is_secret }
        });
        Ok(settings.collect())
    }
}

/// A value as one would write it, without the quotes.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// A secret as it may be shown: its first four characters, and those only if much more is left.
fn hidden(text: &str) -> String {
    match text.chars().count() {
        0 => String::new(),
        1..=15 => "***".to_owned(),
        _ => text.chars().take(4).chain("***".chars()).collect(),
    }
}

/// Reads "0.0002" as 200.
pub(super) fn millionths(text: &str) -> Option<u32> {
    let (whole, fraction) = text.trim().split_once('.')?;
    let is_fraction = fraction.bytes().all(|it| it.is_ascii_digit());
    let fraction = fraction.trim_end_matches('0');
    if !matches!(whole, "" | "0") || !is_fraction || !(1..=6).contains(&fraction.len()) {
        return None;
    }
    format!("{fraction:0<6}").parse().ok()
}

/// Whether a host is this machine or in a network that is not the world's.
fn is_near(host: &url::Host<&str>) -> bool {
    match host {
        url::Host::Domain(name) => {
            *name == "localhost" || !name.contains('.') || name.ends_with(".internal")
        }
        url::Host::Ipv4(ip) => ip.is_loopback() || ip.is_private(),
        url::Host::Ipv6(ip) => ip.is_loopback() || ip.is_unique_local(),
    }
}
