//! A chat while it is played: who talks, what they do and what they see.

use std::collections::HashMap;

use sandbox::telegram::{As, Said, Seen};
use serde_json::Value;

use super::gpu::Seat;
use super::support;
use super::till;
use crate::world::files::{self, File, GOOD};
use crate::world::{ANNA, BORIS, BOT, OTHER_BOT, World};

/// Somebody in a chat with one of the bots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talker {
    /// As in `@boris`; Anna with the first bot needs no name.
    name: String,
    pub bot: i64,
    pub person: i64,
    /// The group in which they speak; none is their own chat with the bot.
    group: Option<i64>,
}

impl Talker {
    pub fn chat(&self) -> i64 {
        self.group.unwrap_or(self.person)
    }
}

pub struct Talk {
    pub world: World,
    /// In the order in which they first spoke.
    talkers: Vec<Talker>,
    people: HashMap<String, i64>,
    /// Every button that somebody has seen: whose, its label, its message and what it carries.
    pub buttons: Vec<(Talker, String, i64, String)>,
    /// What the links of ours carried that somebody has seen, `/start` with which opens them.
    pub carried: Vec<String>,
    /// Every link to pay at that somebody has seen, and whose.
    pub tills: Vec<(Talker, String)>,
    /// The GPUs that have said hello.
    pub boxes: Vec<Seat>,
    out: String,
    /// Whether what is seen is passed over: while a scene is played.
    is_quiet: bool,
    has_jobs_left: bool,
}

impl Talk {
    pub fn new(world: World) -> Self {
        let people = [("anna", ANNA), ("boris", BORIS), ("aigerim", 503)];
        Self {
            world,
            talkers: Vec::new(),
            people: people.map(|(name, id)| (name.to_owned(), id)).into(),
            buttons: Vec::new(),
            carried: Vec::new(),
            tills: Vec::new(),
            boxes: Vec::new(),
            out: String::new(),
            is_quiet: false,
            has_jobs_left: false,
        }
    }

    pub fn seen(&self) -> &str {
        &self.out
    }

    pub fn join(&mut self, name: &str, language: &str) -> i64 {
        let person = self.world.sandbox.telegram().add_person(name, language);
        self.people.insert(name.to_lowercase(), person.id);
        person.id
    }

    /// Plays lines that must go well.
    pub async fn go(&mut self, lines: &str) {
        for line in lines.lines() {
            let done = self.line(line.trim()).await;
            done.unwrap_or_else(|why| panic!("`{line}`: {why}\n{}", self.out));
        }
    }

    fn talker(&mut self, name: &str) -> Result<Talker, String> {
        let (who, bot, group) = match name.split_once('/') {
            Some((who, "second")) => (who, OTHER_BOT, None),
            Some((who, place)) => match support::group(place) {
                Some(group) => (who, BOT, Some(group)),
                None => return Err("the other bot is called second".to_owned()),
            },
            None => (name, BOT, None),
        };
        let who = if who.is_empty() { "anna" } else { who };
        let person = *self.people.get(who).ok_or_else(|| format!("who is {who}?"))?;
        let name = if name == "anna" { String::new() } else { name.to_owned() };
        let talker = Talker { name, bot, person, group };
        if !self.talkers.contains(&talker) {
            self.talkers.push(talker.clone());
        }
        Ok(talker)
    }

    /// Plays one line. What it is not of a chat is output of an earlier run, and passed over.
    pub async fn line(&mut self, line: &str) -> Result<(), String> {
        if line.starts_with('#') {
            if !self.out.is_empty() && !self.is_quiet && !self.out.ends_with("\n#\n") {
                let follows = self.out.lines().last().is_some_and(|it| it.starts_with('#'));
                self.out.push_str(if follows { "" } else { "\n" });
            }
            self.write(line);
            return Ok(());
        }
        let (name, rest) = match line.strip_prefix('@').and_then(|it| it.split_once(' ')) {
            Some((name, rest)) => (name, rest),
            None => ("", line),
        };
        let Some((mark, what)) = rest.split_at_checked(2) else { return Ok(()) };
        match mark {
            "> " => {
                self.write(line);
                let talker = self.talker(name)?;
                if let Err(why) = self.act(&talker, what.trim()) {
                    self.write(&format!("  (not sent: {why})"));
                }
                self.world.breathe().await;
            }
            "~ " => {
                self.write(line);
                let talker = if name.is_empty() { None } else { Some(self.talker(name)?) };
                Box::pin(self.happen(talker, what.trim())).await?;
            }
            "$ " => {
                self.write(line);
                self.has_jobs_left |= what.trim() == "jobs left";
                let found = self.world.look(what.trim()).await.ok_or("there is no such look")?;
                for line in if found.is_empty() { vec!["nothing".to_owned()] } else { found } {
                    self.write(&format!("  {line}"));
                }
                return Ok(());
            }
            _ => return Ok(()),
        }
        self.watch();
        Ok(())
    }

    /// The whole text, if all is well at the end.
    pub async fn end(self) -> Result<String, String> {
        let broken = self.world.broken().await;
        if !broken.is_empty() {
            return Err(format!("the chain is broken: {broken:?}\n{}", self.out));
        }
        let jobs = self.world.look("jobs").await.unwrap_or_default();
        let left: Vec<_> = jobs.iter().filter(|it| !it.contains(" dead:")).collect();
        if !left.is_empty() && !self.has_jobs_left {
            return Err(format!("jobs are left: {left:?}\n{}", self.out));
        }
        Ok(self.out)
    }

    /// Plays lines of which nothing is shown, as somebody.
    pub async fn quietly(&mut self, talker: Option<Talker>, text: &str) -> Result<(), String> {
        let was_quiet = std::mem::replace(&mut self.is_quiet, true);
        let prefix = match talker {
            Some(Talker { name, .. }) if !name.is_empty() => format!("@{name} "),
            _ => String::new(),
        };
        for line in text.lines().filter(|it| !it.starts_with('#') && !it.is_empty()) {
            let line =
                if line.starts_with('@') { line.to_owned() } else { format!("{prefix}{line}") };
            Box::pin(self.line(&line))
                .await
                .map_err(|it| format!("in the scene, `{line}`: {it}"))?;
        }
        self.is_quiet = was_quiet;
        Ok(())
    }

    pub fn write(&mut self, line: &str) {
        if !self.is_quiet {
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
    }

    /// Does what a person does.
    fn act(&mut self, talker: &Talker, what: &str) -> Result<(), String> {
        let telegram = self.world.sandbox.telegram().clone();
        let Talker { bot, person, .. } = *talker;
        let press = |talk: &Self, label: &str| {
            let (message, press) = talk.button(talker, label)?;
            telegram.press(bot, person, message, &press, false).map(|_| ())
        };
        if let Some(label) = what.strip_prefix('[') {
            return press(self, label.trim_end_matches(']'));
        }
        let (word, rest) = what.split_once(' ').unwrap_or((what, ""));
        match word {
            "reply" => self.speak(talker, rest, true),
            "attach" => self.speak(talker, rest, false),
            _ if talker.group.is_some() => self.speak(talker, what, false),
            "twice" => {
                let label = rest.trim_matches(['[', ']']);
                press(self, label)?;
                press(self, label)
            }
            "old" => {
                let label = rest.trim_matches(['[', ']']);
                let found =
                    self.buttons.iter().rev().find(|it| it.0 == *talker && plain(&it.1) == label);
                let (_, _, message, press) = found.ok_or("such a button was never seen")?;
                telegram.press(bot, person, *message, press, true).map(|_| ())
            }
            "forged" => {
                let message =
                    self.menu(talker).map_or(1, |it| it["message_id"].as_i64().unwrap_or(1));
                telegram.press(bot, person, message, rest, true).map(|_| ())
            }
            "photos" | "files" => {
                let kind = if word == "photos" { As::Photo } else { As::Document };
                let (names, caption) = rest.split_once(": ").unwrap_or((rest, ""));
                let caption = letters(caption)?;
                let caption = Some(caption.as_str()).filter(|it| !it.is_empty());
                telegram.send(bot, person, kind, caption, files_of(names)).map(|_| ())
            }
            "send" => {
                let (name, facts) = rest.split_once(' ').unwrap_or((rest, ""));
                let (kind, file) = files::other(name).ok_or("there is no such thing to send")?;
                telegram.send_said(bot, person, kind, None, vec![file], &said(facts)?).map(|_| ())
            }
            "clip" => {
                let mut words = rest.split(' ');
                let mut number = || words.next().and_then(|it| it.parse::<u32>().ok());
                let (seconds, megabytes) = (number().ok_or("how many seconds?")?, number());
                let said = sandbox::telegram::Said {
                    duration: Some(seconds.into()),
                    bytes: megabytes.map(|it| u64::from(it) * 1024 * 1024),
                    ..Default::default()
                };
                let file = files::clip(seconds);
                telegram.send_said(bot, person, As::Video, None, vec![file], &said).map(|_| ())
            }
            "edit" => {
                let mine = telegram.messages(bot, person).into_iter().rev();
                let last = mine
                    .filter(|it| it["outgoing"] == true)
                    .find_map(|it| it["message_id"].as_i64());
                telegram.edit(bot, person, last.ok_or("nothing was written yet")?, rest)
            }
            "opens" => {
                let letter = if rest == "gift" { "g_" } else { "r_" };
                let carried = self.carried.iter().rev().find(|it| it.starts_with(letter));
                let carried = carried.ok_or("such a link was never seen")?;
                telegram.say(bot, person, &format!("/start {carried}")).map(|_| ())
            }
            "pay" => self.pay(talker, rest),
            "decline" => self.decline(talker, rest),
            "letters" => telegram.say(bot, person, &letters(what)?).map(|_| ()),
            _ => telegram.say(bot, person, what).map(|_| ()),
        }
    }

    /// The last message with buttons that a person sees.
    pub fn menu(&self, talker: &Talker) -> Option<Value> {
        let messages = self.world.sandbox.telegram().messages(talker.bot, talker.chat());
        messages.into_iter().rev().find(|it| !rows(it).is_empty())
    }

    fn button(&self, talker: &Talker, label: &str) -> Result<(i64, String), String> {
        let menu = self.menu(talker).ok_or("there is no menu")?;
        let rows = rows(&menu);
        let found = rows.iter().flatten().find(|it| plain(&it.0) == label);
        let (_, press) = found.ok_or_else(|| format!("the menu has {rows:?}"))?;
        Ok((menu["message_id"].as_i64().unwrap_or(0), press.clone()))
    }

    /// Shows what everybody saw since the last step.
    pub fn watch(&mut self) {
        for talker in self.talkers.clone() {
            let seen = self.world.sandbox.telegram().take_seen(talker.bot, talker.chat());
            for event in &seen {
                if let Seen::Message(message) | Seen::Edited(message) = event {
                    let id = message["message_id"].as_i64().unwrap_or(0);
                    let known = rows(message).into_iter().flatten();
                    let known = known.filter(|it| !it.1.is_empty());
                    let known = known.map(|(label, press)| (talker.clone(), label, id, press));
                    self.buttons.extend(known);
                    self.carried.extend(carried(text_of(message)));
                    let tills = links(message).into_iter().filter(|it| till::is_one(it));
                    self.tills.extend(tills.map(|it| (talker.clone(), it)));
                }
            }
            let prefix =
                if talker.name.is_empty() { String::new() } else { format!("@{} ", talker.name) };
            for line in shown(&seen) {
                let prefix = if line.starts_with('<') { prefix.as_str() } else { "" };
                self.write(&format!("{prefix}{line}"));
            }
        }
    }
}

fn files_of(names: &str) -> Vec<File> {
    let mut found = Vec::new();
    let mut words = names.split_whitespace();
    while let Some(word) = words.next() {
        match word {
            "good" => {
                let count = words.next().and_then(|it| it.parse().ok()).unwrap_or(GOOD.len());
                found.extend(GOOD.iter().take(count).map(|it| files::file(it)));
            }
            "pictures" => {
                let span = words.next().and_then(|it| it.split_once('-')).unwrap_or(("1", "10"));
                let number = |it: &str| it.parse::<u32>().unwrap_or(1);
                let all = number(span.0)..=number(span.1);
                found.extend(all.map(|it| files::file(&format!("picture-{it}"))));
            }
            name => found.push(files::file(name)),
        }
    }
    found
}

/// `letters 601 a` written out, and other words as they are.
pub fn letters(words: &str) -> Result<String, String> {
    let Some(rest) = words.strip_prefix("letters ") else { return Ok(words.to_owned()) };
    let (count, letter) = rest.split_once(' ').unwrap_or((rest, "a"));
    count.parse().map(|it| letter.repeat(it)).map_err(|_| "how many letters?".to_owned())
}

/// A label as it is typed, without spaces that don't break.
fn plain(label: &str) -> String {
    label.replace('\u{a0}', " ")
}

/// What ends an id.
fn is_break(letter: char) -> bool {
    !letter.is_ascii_alphanumeric() && letter != '_'
}

fn text_of(message: &Value) -> &str {
    message["text"].as_str().or(message["caption"].as_str()).unwrap_or_default()
}

/// What our links in a text carry.
fn carried(text: &str) -> Vec<String> {
    let rest = text.split("?start=").skip(1);
    let word = |it: &str| it.split(is_break).next().map(str::to_owned);
    rest.filter_map(word).collect()
}

/// Ids are others in each run: what kind they are is enough.
fn without_ids(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for word in line.split_inclusive(is_break) {
        let end = word.trim_end_matches(is_break);
        let id = end.split_once('_').filter(|it| it.0.len() <= 3 && 15 < it.1.len());
        match id {
            Some((kind, _)) => out += &format!("{kind}_…{}", &word[end.len()..]),
            None => out += word,
        }
    }
    out
}

/// The addresses behind the buttons of a message.
pub fn links(message: &Value) -> Vec<String> {
    let rows = message["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten();
    let buttons = rows.filter_map(Value::as_array).flatten();
    buttons.filter_map(|it| it["url"].as_str().map(str::to_owned)).collect()
}

/// The buttons of a message: label and what they carry. An address is not shown, as it may have
/// chance in it: that there is one is.
fn rows(message: &Value) -> Vec<Vec<(String, String)>> {
    let text = |button: &Value, name: &str| button[name].as_str().unwrap_or_default().to_owned();
    let rows = message["reply_markup"]["inline_keyboard"].as_array();
    let row = |row: &Value| {
        let buttons = row.as_array().into_iter().flatten();
        let label = |it: &Value| match it["url"].is_string() {
            true => format!("{} ->", text(it, "text")),
            false => text(it, "text"),
        };
        buttons.map(|it| (label(it), text(it, "callback_data"))).collect()
    };
    rows.into_iter().flatten().map(row).collect()
}

/// What was seen, as it stands at the end of the step: of several versions of a message the last.
fn shown(seen: &[Seen]) -> Vec<String> {
    let id_of = |it: &Value| it["message_id"].as_i64().unwrap_or(0);
    let gone: Vec<i64> = seen
        .iter()
        .filter_map(|it| if let Seen::Deleted(ids) = it { Some(ids.clone()) } else { None })
        .flatten()
        .collect();
    let new: Vec<i64> = seen
        .iter()
        .filter_map(|it| if let Seen::Message(it) = it { Some(id_of(it)) } else { None })
        .collect();
    let mut lines = Vec::new();
    for (at, event) in seen.iter().enumerate() {
        let later = |id: i64| {
            seen[at + 1..].iter().any(|it| matches!(it, Seen::Edited(it) if id_of(it) == id))
        };
        match event {
            Seen::Message(message) | Seen::Edited(message) => {
                let id = id_of(message);
                if later(id) || gone.contains(&id) {
                    continue;
                }
                let is_edit = matches!(event, Seen::Edited(_)) && !new.contains(&id);
                lines.extend(message_lines(message, is_edit));
            }
            Seen::Answer { text: Some(text), .. } => lines.push(format!("< (answer) {text}")),
            // A menu that makes way for the next one is no news.
            Seen::Deleted(ids) if new.is_empty() && ids.iter().any(|it| !new.contains(it)) => {
                lines.push("< (a message is deleted)".to_owned());
            }
            Seen::Deleted(_) | Seen::Answer { text: None, .. } | Seen::Action(_) => {}
            Seen::ReplyKeyboard(_) => lines.push("< (a keyboard)".to_owned()),
        }
    }
    lines
}

/// What an app says of a file: `12s 720x1280 30MB`, as much of it as there is.
fn said(facts: &str) -> Result<Said, String> {
    let mut said = Said::default();
    let number = |text: &str| text.parse::<i64>().map_err(|_| format!("`{text}` is no number"));
    for fact in facts.split_whitespace() {
        if let Some(megabytes) = fact.strip_suffix("MB") {
            said.bytes = Some(number(megabytes)?.unsigned_abs() * 1024 * 1024);
        } else if let Some(seconds) = fact.strip_suffix('s') {
            said.duration = Some(number(seconds)?);
        } else if let Some((width, height)) = fact.split_once('x') {
            (said.width, said.height) = (Some(number(width)?), Some(number(height)?));
        } else {
            return Err(format!("nobody says `{fact}` of a file"));
        }
    }
    Ok(said)
}

fn message_lines(message: &Value, is_edit: bool) -> Vec<String> {
    let text = without_ids(text_of(message));
    let mark = if is_edit { "< (edited) " } else { "< " };
    let mut lines: Vec<String> = Vec::new();
    // What a message shows beside its words.
    let file = match (&message["photo"], &message["document"]) {
        (Value::Array(_), _) => "(picture) ",
        _ if message["video"].is_object() => "(video) ",
        _ if message["audio"].is_object() || message["voice"].is_object() => "(sound) ",
        (_, Value::Object(file)) => match file["file_name"].as_str() {
            Some(name) if name.ends_with(".zip") => "(archive) ",
            _ => "(file) ",
        },
        _ if message["video"].is_object() => "(video) ",
        _ if message["audio"].is_object() => "(sound) ",
        _ => "",
    };
    let reply = if message["reply_to_message"].is_object() { "(reply) " } else { "" };
    for (at, line) in text.lines().enumerate() {
        lines.push(if at == 0 {
            format!("{mark}{reply}{file}{line}")
        } else {
            format!("  {line}")
        });
    }
    if lines.is_empty() && !file.is_empty() {
        lines.push(format!("{mark}{file}"));
    }
    for row in rows(message) {
        let labels: Vec<_> = row.iter().map(|it| format!("[{}]", it.0)).collect();
        lines.push(format!("  {}", labels.join(" ")));
    }
    lines
}
