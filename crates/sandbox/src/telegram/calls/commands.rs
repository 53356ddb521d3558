//! The list of commands in a chat's menu, by scope and language.

use super::{Call, Done, Outcome};
use crate::telegram::refusal::Refusal;
use crate::telegram::text::units;
use serde_json::{Value, json};

const COMMANDS_MAX: usize = 100;
const SCOPES: [&str; 7] = [
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
    "chat",
    "chat_administrators",
    "chat_member",
];

impl Call<'_> {
    pub(super) fn set_commands(&self) -> Outcome {
        let key = self.scope()?;
        let given = self.params.list("commands")?.unwrap_or_default();
        if given.len() > COMMANDS_MAX {
            return Err(Refusal::bad("BOT_COMMANDS_TOO_MUCH"));
        }
        let mut commands = Vec::new();
        for it in &given {
            commands.push(checked(it)?);
        }
        let mut all = self.bot.commands.write().expect("no panic under this lock");
        all.insert(key, commands);
        Ok(Done::yes())
    }

    pub(super) fn get_commands(&self) -> Outcome {
        let key = self.scope()?;
        let all = self.bot.commands.read().expect("no panic under this lock");
        let commands = all.get(&key).cloned().unwrap_or_default();
        Ok(Done::value(&Value::Array(commands)))
    }

    pub(super) fn delete_commands(&self) -> Outcome {
        let key = self.scope()?;
        self.bot.commands.write().expect("no panic under this lock").remove(&key);
        Ok(Done::yes())
    }

    fn scope(&self) -> Result<(String, String), Refusal> {
        let given = self.params.object("scope")?;
        let kind = given.as_deref().map_or(Some("default"), |it| it["type"].as_str());
        let kind = kind.filter(|kind| SCOPES.contains(kind)).ok_or_else(|| {
            Refusal::bad("can't parse BotCommandScope: unsupported type specified")
        })?;
        let chat = given.as_deref().map(|it| &it["chat_id"]).filter(|it| !it.is_null());
        let scope = match chat {
            Some(chat) => {
                let id = chat.as_str().map_or_else(|| chat.to_string(), str::to_owned);
                if !id.parse::<i64>().is_ok_and(|id| self.bot.chat(id).is_some()) {
                    return Err(Refusal::bad("chat not found"));
                }
                format!("{kind}:{id}")
            }
            None if kind.starts_with("chat") => return Err(Refusal::bad("chat_id is empty")),
            None => kind.to_owned(),
        };
        let language = self.params.text("language_code").unwrap_or_default().into_owned();
        let is_language = language.is_empty()
            || (language.len() == 2 && language.bytes().all(|it| it.is_ascii_lowercase()));
        if !is_language {
            return Err(Refusal::bad("invalid language code specified"));
        }
        Ok((scope, language))
    }
}

fn checked(given: &Value) -> Result<Value, Refusal> {
    let name = given["command"].as_str().unwrap_or_default();
    let name = name.strip_prefix('/').unwrap_or(name);
    let letters = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    if !(1..=32).contains(&name.len()) || !name.bytes().all(letters) {
        return Err(Refusal::bad("BOT_COMMAND_INVALID"));
    }
    let description = given["description"].as_str().unwrap_or_default();
    if !(1..=256).contains(&units(description)) {
        return Err(Refusal::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
    }
    Ok(json!({ "command": name, "description": description }))
}
