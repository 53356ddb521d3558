//! Numbers as providers write and read them. No fraction is ever computed with.

use std::time::Duration;

use serde_json::value::RawValue;

use crate::http::RETRY_AFTER_MAX;

/// A whole number of small parts as a decimal number, digit by digit: 35 with one place is 3.5.
pub(super) fn decimal(number: u32, places: u32) -> Box<RawValue> {
    let unit = 10_u64.pow(places);
    let (whole, rest) = (u64::from(number) / unit, u64::from(number) % unit);
    let text = format!("{whole}.{rest:0width$}", width = places as usize);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    RawValue::from_string(text.to_owned()).expect("digits and a point are a number")
}

/// The last percentage of a log that draws a bar (`41%|####`).
pub(super) fn percent(log: &str) -> Option<u8> {
    let (before, _) = log.rsplit_once("%|")?;
    let digits = before.rsplit(|it: char| !it.is_ascii_digit()).next()?;
    digits.parse().ok().filter(|it| *it <= 100)
}

/// How long a text asks us to wait (`in ~30s`, `in 1 second`).
pub(super) fn seconds(text: &str) -> Option<Duration> {
    let mut words = text.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
    let mut before = "";
    words.find_map(|word| {
        let (digits, unit) = match word.find(|it: char| !it.is_ascii_digit()) {
            Some(0) => (before, word),
            Some(at) => word.split_at(at),
            None => ("", ""),
        };
        before = word;
        let is_seconds = matches!(unit, "s" | "sec" | "secs" | "second" | "seconds");
        let seconds = digits.parse().ok().filter(|_| is_seconds)?;
        Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
    })
}

/// Seconds as a decimal number, in thousandths. What is left of one counts as a whole one: it is
/// what we are billed for. `None` for nothing, and for what no video has.
pub(super) fn millis(seconds: &serde_json::Number) -> Option<i64> {
    let text = seconds.to_string();
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let is_decimal =
        whole.len() <= 6 && (whole.bytes().chain(rest.bytes())).all(|it| it.is_ascii_digit());
    let whole: i64 = whole.parse().ok().filter(|_| is_decimal)?;
    let (thousandths, left) = rest.split_at(rest.len().min(3));
    let thousandths: i64 = format!("{thousandths:0<3}").parse().ok()?;
    let left = i64::from(left.bytes().any(|it| it != b'0'));
    Some(1_000 * whole + thousandths + left).filter(|it| 0 < *it)
}
