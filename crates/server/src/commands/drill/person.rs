//! A customer of a drill: writes, sends a photo and presses buttons on the made-up Telegram's page.

use std::sync::Arc;

use sandbox::drawing::{self, Format, Scene};
use serde_json::{Value, json};

use super::stage::Stage;
use super::web::Web;
use super::{Halt, until};

/// What an edit of [`Person::order`] costs, by the catalog.
pub const PRICE: i64 = 2;
const SIDE: u32 = 768;

pub struct Person {
    pub name: &'static str,
    pub id: i64,
    pub bot: i64,
    world: String,
    web: Arc<Web>,
    /// Credits at the beginning.
    pub had: i64,
}

impl Person {
    /// Somebody new, who does nothing yet.
    pub async fn new(stage: &Stage, name: &'static str) -> Result<Self, Halt> {
        let (web, world) = (stage.web.clone(), stage.world.clone());
        let state = web.get(&format!("{world}/sandbox/state")).await?;
        let bot = state["bots"][0]["id"].as_i64().ok_or_else(|| Halt::from("there is no bot"))?;
        let newcomer = json!({ "first_name": name, "language_code": "en" });
        let joined = web.post(&format!("{world}/sandbox/people"), &newcomer).await?;
        let id = joined["id"].as_i64().ok_or_else(|| Halt::from("nobody joined"))?;
        Ok(Self { name, id, bot, world, web, had: 0 })
    }

    /// Somebody new, who agrees to everything.
    pub async fn join(stage: &Stage, name: &'static str) -> Result<Self, Halt> {
        let mut person = Self::new(stage, name).await?;
        person.agree().await?;
        Ok(person)
    }

    pub async fn agree(&mut self) -> Result<(), Halt> {
        self.write("/start").await?;
        self.press("agree to the terms").await?;
        self.press("I agree, you may").await?;
        self.menu("Edit a photo").await?;
        self.had = self.credits().await?;
        Ok(())
    }

    /// Sends a photo and orders that it becomes an oil painting.
    pub async fn order(&self) -> Result<(), Halt> {
        self.write("/menu").await?;
        self.press("Edit a photo").await?;
        self.press("Art").await?;
        self.press("Oil portrait").await?;
        self.press("Choose this one").await?;
        self.until_said("send").await?;
        self.send().await?;
        self.press("Edit · ").await
    }

    /// Writes, once the photo has been taken.
    async fn send(&self) -> Result<(), Halt> {
        let photo = drawing::draw(&Scene {
            prompt: "a photo of a customer",
            seed: self.id.unsigned_abs(),
            model: "camera",
            avatars: &[],
            notes: "",
            width: SIDE,
            height: SIDE,
            source: None,
        });
        let photo = drawing::encode(&photo, Format::Jpeg, "a photo");
        let (bot, person) = (self.bot.to_string(), self.id.to_string());
        let fields = [("bot", bot.as_str()), ("person", &person), ("as", "photo")];
        let named = ("photo.jpg", "image/jpeg");
        self.web.send(&format!("{}/sandbox/send", self.world), &fields, named, &photo).await
    }

    pub async fn write(&self, text: &str) -> Result<(), Halt> {
        let said = json!({ "bot": self.bot, "person": self.id, "text": text });
        self.web.post(&format!("{}/sandbox/say", self.world), &said).await.map(|_| ())
    }

    /// Presses a button, once there is one with these words.
    pub async fn press(&self, label: &str) -> Result<(), Halt> {
        let found = self.menu(label).await?;
        self.press_on(&found).await
    }

    /// Presses a button that was found before.
    pub async fn press_on(&self, (message, press): &(i64, String)) -> Result<(), Halt> {
        let pressed = json!({
            "bot": self.bot, "person": self.id, "message_id": message, "data": press,
        });
        self.web.post(&format!("{}/sandbox/press", self.world), &pressed).await.map(|_| ())
    }

    /// The message of the last menu and what its button carries, once it has one with these words.
    pub async fn menu(&self, label: &str) -> Result<(i64, String), Halt> {
        let what = format!("{} is shown the button “{label}”", self.name);
        until(&what, async || {
            let messages = self.messages().await?;
            let menu = messages.iter().rev().find(|it| !buttons(it).is_empty());
            Ok(menu.and_then(|menu| {
                let all = buttons(menu);
                let button = all
                    .iter()
                    .find(|it| it["text"].as_str().is_some_and(|it| it.contains(label)))?;
                let press = button["callback_data"].as_str()?.to_owned();
                Some((menu["message_id"].as_i64()?, press))
            }))
        })
        .await
    }

    /// The address behind a link of the menu, once it has one with these words.
    pub async fn link(&self, label: &str) -> Result<String, Halt> {
        until(&format!("{} is shown the link “{label}”", self.name), async || {
            let messages = self.messages().await?;
            let mut all = messages.iter().rev().flat_map(buttons);
            let link = all.find(|it| it["text"].as_str().is_some_and(|it| it.contains(label)));
            Ok(link.and_then(|it| Some(it["url"].as_str()?.to_owned())))
        })
        .await
    }

    /// Waits until the last message but those of the customer says this.
    async fn until_said(&self, words: &str) -> Result<(), Halt> {
        until(&format!("{} is told “{words}”", self.name), async || {
            let messages = self.messages().await?;
            let last = messages.iter().rev().find(|it| it["outgoing"] == false);
            Ok(last.filter(|it| text(it).to_lowercase().contains(words)).map(|_| ()))
        })
        .await
    }

    /// How many messages of the bot say this.
    pub async fn told(&self, words: &str) -> Result<usize, Halt> {
        let messages = self.messages().await?;
        Ok(messages.iter().filter(|it| it["outgoing"] == false && text(it).contains(words)).count())
    }

    /// How many pictures have been delivered: those that say so, not the menu with one in it.
    pub async fn pictures(&self) -> Result<usize, Halt> {
        let messages = self.messages().await?;
        let is_result = |it: &&Value| {
            it["outgoing"] == false && it["photo"].is_array() && buttons(it).is_empty()
        };
        Ok(messages.iter().filter(is_result).count())
    }

    /// Waits for so many pictures.
    pub async fn receive(&self, count: usize) -> Result<(), Halt> {
        until(&format!("{} has {count} pictures", self.name), async || {
            Ok((count <= self.pictures().await?).then_some(()))
        })
        .await
    }

    /// What the bot says that there is to spend.
    pub async fn credits(&self) -> Result<i64, Halt> {
        self.write("/balance").await?;
        let what = format!("{} is told the balance", self.name);
        until(&what, async || {
            let messages = self.messages().await?;
            // Nothing of before counts: the question is the last that was said.
            let asked = messages.iter().rposition(|it| it["outgoing"] == true);
            let since = messages.iter().skip(asked.unwrap_or_default());
            Ok(since.rev().find_map(|it| {
                let said = text(it).split("You have ").nth(1)?;
                said.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
            }))
        })
        .await
    }

    pub async fn messages(&self) -> Result<Vec<Value>, Halt> {
        let Self { world, bot, id, .. } = self;
        let url = format!("{world}/sandbox/chat?bot={bot}&person={id}");
        let mut chat = self.web.get(&url).await?;
        match chat["messages"].take() {
            Value::Array(messages) => Ok(messages),
            _ => Ok(Vec::new()),
        }
    }
}

fn text(message: &Value) -> &str {
    message["text"].as_str().or_else(|| message["caption"].as_str()).unwrap_or_default()
}

pub fn buttons(message: &Value) -> Vec<&Value> {
    let rows = message["reply_markup"]["inline_keyboard"].as_array();
    let rows = rows.into_iter().flatten();
    rows.flat_map(|row| row.as_array().into_iter().flatten()).collect()
}
