//! Runs `calls.txt`: what the Bot API is asked, and what it says.
//!
//! `== title` begins a new world in which Anna (501) has written `/start`; Boris (502) hasn't.
//! `> method {…}` calls, `>2` as the other bot, `+ method {…} name=@png:90x60` (or `jpg:`, or `bytes:100`) uploads,
//! `! say|meet|press|pass|block|unblock|pay …` is what happens, `= name path` keeps a part of the last
//! result as `$name`. `< {…}` is contained in the result, `< 400 …` is a refusal, `<* …` a part of one.

use crate::world::{ANNA, BOT, OTHER, TOKEN, World, png};
use sandbox::telegram::Paying;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::str::SplitWhitespace;

#[tokio::test]
async fn every_call_is_answered_as_the_table_says() {
    let mut play = Play::new().await;
    let mut wrong = Vec::new();
    for (number, line) in include_str!("calls.txt").lines().enumerate() {
        if let Err(why) = play.line(line).await {
            wrong.push(format!("calls.txt:{}: {line}\n    {why}", number + 1));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

struct Play {
    world: World,
    names: HashMap<String, String>,
    last: Value,
    paying: Option<Paying>,
}

impl Play {
    async fn new() -> Play {
        let world = World::new().begun().await;
        Play { world, names: HashMap::new(), last: Value::Null, paying: None }
    }

    async fn line(&mut self, line: &str) -> Result<(), String> {
        let line = self.filled(line.trim());
        let Some((mark, rest)) = line.split_once(' ') else { return Ok(()) };
        match mark {
            "==" => *self = Play::new().await,
            ">" => self.last = self.call(TOKEN, rest).await?,
            ">2" => self.last = self.call(OTHER, rest).await?,
            "+" => self.last = self.upload(rest).await?,
            "!" => self.act(rest)?,
            "=" => {
                let (name, path) = rest.split_once(' ').ok_or("`= name path`")?;
                let found = path.split('.').fold(&self.last["result"], |value, key| {
                    key.parse::<usize>().map_or_else(|_| &value[key], |at| &value[at])
                });
                let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
                self.names.insert(name.to_owned(), text);
            }
            "<" if rest.starts_with(|it: char| it.is_ascii_digit()) => {
                let (code, text) = rest.split_once(' ').unwrap_or((rest, ""));
                let is_it = self.last["error_code"].as_u64() == code.parse().ok()
                    && self.last["description"] == *text;
                return said(is_it, &self.last);
            }
            "<*" => {
                let description = self.last["description"].as_str().unwrap_or_default();
                return said(description.contains(rest), &self.last);
            }
            "<" => {
                let expected = serde_json::from_str(rest).map_err(|error| error.to_string())?;
                let result = self.last.get("result").unwrap_or(&Value::Null);
                return said(contains(result, &expected), &self.last);
            }
            "#" => {}
            _ => return Err("no such mark".into()),
        }
        Ok(())
    }

    /// Puts in the kept names, and `<<a*5>>` five times.
    fn filled(&self, line: &str) -> String {
        let mut line = line.to_owned();
        while let Some((before, rest)) = line.split_once("<<")
            && let Some((inside, after)) = rest.split_once(">>")
            && let Some((text, times)) = inside.rsplit_once('*')
            && let Ok(times) = times.parse()
        {
            line = format!("{before}{}{after}", text.repeat(times));
        }
        let mut names: Vec<_> = self.names.iter().collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        for (name, value) in names {
            line = line.replace(&format!("${name}"), value);
        }
        line
    }

    async fn call(&self, token: &str, rest: &str) -> Result<Value, String> {
        let (method, params) = rest.split_once(' ').unwrap_or((rest, "{}"));
        let params = serde_json::from_str(params).map_err(|error| error.to_string())?;
        Ok(self.world.call_as(token, method, params).await)
    }

    async fn upload(&self, rest: &str) -> Result<Value, String> {
        let (method, rest) = rest.split_once(' ').ok_or("`+ method {…} name=@png:1x1`")?;
        let at = rest.rfind('}').ok_or("parameters are missing")? + 1;
        let fields: Map<String, Value> =
            serde_json::from_str(&rest[..at]).map_err(|error| error.to_string())?;
        let fields: Vec<(String, String)> = fields
            .into_iter()
            .map(|(name, value)| {
                (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            })
            .collect();
        let mut files = Vec::new();
        for file in rest[at..].split_whitespace() {
            let (name, what) = file.split_once("=@").ok_or("`name=@…`")?;
            let (kind, size) = what.split_once(':').unwrap_or((what, ""));
            let sides = size.split_once('x').and_then(|(width, height)| {
                Some((width.parse::<u32>().ok()?, height.parse::<u32>().ok()?))
            });
            let bytes = match (kind, sides) {
                ("png", Some((width, height))) => png(width, height),
                ("jpg", Some((width, height))) => jpeg(width, height),
                _ => vec![b'x'; size.parse().map_err(|_| "a number of bytes")?],
            };
            let ending = if sides.is_some() { kind } else { "bin" };
            files.push((name.to_owned(), format!("{name}.{ending}"), bytes));
        }
        let fields: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let files: Vec<_> =
            files.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_slice())).collect();
        Ok(self.world.upload_all(method, &fields, &files).await)
    }

    fn act(&mut self, rest: &str) -> Result<(), String> {
        let telegram = self.world.telegram();
        let mut words = rest.split_whitespace();
        let number = |words: &mut SplitWhitespace<'_>| {
            words.next().and_then(|it| it.parse::<i64>().ok()).ok_or("a number is missing")
        };
        match words.next().unwrap_or_default() {
            "say" => {
                telegram.say(BOT, ANNA, rest.trim_start_matches("say "))?;
            }
            "meet" => {
                telegram.say(BOT + 1, ANNA, "/start")?;
            }
            "press" => {
                let id = number(&mut words)?;
                let query = telegram.press(BOT, ANNA, id, words.next().unwrap_or(""), false)?;
                self.names.insert("query".into(), query);
            }
            "pass" => self.world.pass(number(&mut words)?),
            "block" => telegram.block(BOT, ANNA, true)?,
            "unblock" => telegram.block(BOT, ANNA, false)?,
            "pay" => {
                let paying = match words.next() {
                    Some(link) if link.starts_with("https:") => {
                        telegram.pay_link(BOT, ANNA, link)?
                    }
                    Some(id) => telegram.pay(BOT, ANNA, id.parse().map_err(|_| "a message")?)?,
                    None => return Err("pay what?".into()),
                };
                self.names.insert("query".into(), paying.query_id.clone());
                self.paying = Some(paying);
            }
            "paid" => {
                let outcome = self.paying.as_mut().and_then(Paying::outcome_now);
                let expected = match words.next() {
                    Some("ok") => Some(Ok(())),
                    Some(_) => Some(Err(rest.trim_start_matches("paid ").to_owned())),
                    None => None,
                };
                if outcome != expected {
                    return Err(format!("{outcome:?}"));
                }
            }
            _ => return Err("nobody does that".into()),
        }
        Ok(())
    }
}

/// The beginning of a JPEG, up to where it says its size.
fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xc0\x00\x0b\x08".to_vec();
    bytes.extend((height as u16).to_be_bytes());
    bytes.extend((width as u16).to_be_bytes());
    bytes.extend(b"\x01\x01\x11\x00");
    bytes
}

fn said(is_it: bool, last: &Value) -> Result<(), String> {
    if is_it { Ok(()) } else { Err(format!("it said {last}")) }
}

/// Whether all that is expected is there; lists must be as long as expected.
fn contains(value: &Value, expected: &Value) -> bool {
    match (value, expected) {
        (Value::Object(value), Value::Object(expected)) => expected
            .iter()
            .all(|(key, part)| contains(value.get(key).unwrap_or(&Value::Null), part)),
        (Value::Array(value), Value::Array(expected)) => {
            value.len() == expected.len()
                && value.iter().zip(expected).all(|(value, part)| contains(value, part))
        }
        _ => value == expected || (*expected == json!("$any") && !value.is_null()),
    }
}
