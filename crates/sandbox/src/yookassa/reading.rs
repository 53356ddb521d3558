//! Requests read strictly: every field known, every text within its limit, sums with two decimals.

use super::refusals::Refusal;
use serde_json::{Map, Value};

/// The only currency that the made-up shops take.
pub(super) const CURRENCY: &str = "RUB";
/// More is taken for a mistake of the one who asks.
const RUBLES_DIGITS_MAX: usize = 10;

/// An object of a request, with the way to it for complaints.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    way: &'a str,
}

impl<'a> Fields<'a> {
    /// The whole body. Nothing at all is the same as `{}`.
    pub(super) fn body(body: &'a Value, empty: &'a Map<String, Value>) -> Result<Self, Refusal> {
        match body {
            Value::Object(object) => Ok(Fields { object, way: "" }),
            Value::Null => Ok(Fields { object: empty, way: "" }),
            _ => Err(Refusal::bad("The body must be an object", "")),
        }
    }

    fn parameter(&self, name: &str) -> String {
        if self.way.is_empty() { name.to_owned() } else { format!("{}.{name}", self.way) }
    }

    pub(super) fn wrong(&self, name: &str, text: impl Into<String>) -> Refusal {
        Refusal::bad(text, self.parameter(name))
    }

    /// Refuses what the documents don't name.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        match self.object.keys().find(|it| !known.contains(&it.as_str())) {
            Some(strange) => Err(self.wrong(strange, "Unknown parameter")),
            None => Ok(()),
        }
    }

    /// Refuses what the documents name and these shops don't offer, unless it is empty.
    pub(super) fn without(&self, names: &[&str]) -> Result<(), Refusal> {
        let is_used = |it: &&&str| match self.get(it) {
            None => false,
            Some(Value::Array(list)) => !list.is_empty(),
            Some(_) => true,
        };
        match names.iter().find(is_used) {
            Some(name) => Err(self.wrong(name, "This shop doesn't offer it")),
            None => Ok(()),
        }
    }

    /// What is there and not `null`.
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|it| !it.is_null())
    }

    pub(super) fn text(&self, name: &str, chars_max: usize) -> Result<Option<&'a str>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let text = value.as_str().ok_or_else(|| self.wrong(name, "A string is expected"))?;
        if chars_max < text.chars().count() {
            let capital = capital(name);
            let why = format!("{capital} is too long. Max. length is {chars_max}");
            return Err(self.wrong(name, why));
        }
        Ok(Some(text))
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.get(name) {
            None => Ok(false),
            Some(Value::Bool(it)) => Ok(*it),
            Some(_) => Err(self.wrong(name, "A boolean is expected")),
        }
    }

    /// An object inside this one; `way` is its whole name.
    pub(super) fn inside(&self, name: &str, way: &'a str) -> Result<Option<Fields<'a>>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(Fields { object, way })),
            Some(_) => Err(self.wrong(name, "An object is expected")),
        }
    }

    /// A sum in kopecks, which must be there and more than nothing.
    pub(super) fn amount(&self) -> Result<i64, Refusal> {
        let amount = self
            .inside("amount", "amount")?
            .ok_or_else(|| self.wrong("amount", "Amount is missing"))?;
        amount.sum()
    }

    /// The kopecks of an object `{value, currency}`.
    pub(super) fn sum(&self) -> Result<i64, Refusal> {
        self.only(&["value", "currency"])?;
        if self.get("currency").and_then(Value::as_str) != Some(CURRENCY) {
            return Err(self.wrong("currency", "Currency code is illegal"));
        }
        let value = self.get("value").and_then(Value::as_str);
        let kopecks = value.and_then(kopecks).filter(|it| 0 < *it);
        kopecks.ok_or_else(|| self.wrong("value", "Amount value is illegal"))
    }

    /// Up to sixteen pairs of texts.
    pub(super) fn metadata(&self) -> Result<Value, Refusal> {
        let Some(value) = self.get("metadata") else { return Ok(Value::Null) };
        let wrong = |text: &str| self.wrong("metadata", text);
        let pairs = value.as_object().ok_or_else(|| wrong("An object is expected"))?;
        if 16 < pairs.len() {
            return Err(wrong("Metadata has too many keys. Max. number is 16"));
        }
        for (key, value) in pairs {
            let text = value.as_str().ok_or_else(|| wrong("Metadata values must be strings"))?;
            if 32 < key.chars().count() || 512 < text.chars().count() {
                return Err(wrong(
                    "Metadata is too long. Max. length of a key is 32, of a value 512",
                ));
            }
        }
        Ok(value.clone())
    }
}

/// `499.00` as 49900: digits, a point and exactly two decimals, in a string.
pub(super) fn kopecks(text: &str) -> Option<i64> {
    let (rubles, rest) = text.split_once('.')?;
    let are_digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    let is_sum = (1..=RUBLES_DIGITS_MAX).contains(&rubles.len())
        && rest.len() == 2
        && are_digits(rubles)
        && are_digits(rest);
    if !is_sum {
        return None;
    }
    format!("{rubles}{rest}").parse().ok()
}

/// A sum as it stands in objects.
pub(super) fn amount(kopecks: i64) -> Value {
    serde_json::json!({ "value": value(kopecks), "currency": CURRENCY })
}

pub(super) fn value(kopecks: i64) -> String {
    format!("{}.{:02}", kopecks / 100, kopecks % 100)
}

/// `description` as it begins a sentence.
fn capital(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |it| it.to_uppercase().chain(letters).collect())
}
