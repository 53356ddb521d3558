//! Telegram: updates come in (`receive`, `polling`), menus go out (`paint`).

pub mod checkout;
mod faces;
pub mod floods;
pub mod notes;
pub mod paint;
pub mod pictures;
pub mod polling;
pub mod receive;
pub mod send;
pub mod telegram;
pub mod update;

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use domain::{BotId, Language};
use frankenstein::AsyncTelegramApi;
use frankenstein::methods::{SetMyCommandsParams, SetWebhookParams};
use frankenstein::types::{AllowedUpdate, BotCommand};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::bot::telegram::{Telegram, TelegramError};

/// A bot that we run, as this process knows it.
pub struct Bot {
    pub id: BotId,
    /// Its short name in settings and in the address of its webhook.
    pub name: String,
    /// Telegram ids of those who are told when something is wrong.
    pub owners: Vec<i64>,
    pub languages: Vec<Language>,
    /// Whether it sells anything for money.
    pub has_shop: bool,
    pub telegram: Telegram,
    /// What Telegram sends with each update, so that nobody else can.
    pub secret: String,
}

/// The kinds of updates that we ask for.
pub const WANTED: [AllowedUpdate; 5] = [
    AllowedUpdate::CallbackQuery,
    AllowedUpdate::Message,
    AllowedUpdate::MyChatMember,
    AllowedUpdate::PreCheckoutQuery,
    AllowedUpdate::Subscription,
];

impl Bot {
    /// The number before the colon is Telegram's id of the bot, and so ours.
    pub fn id_of(token: &SecretString) -> Option<BotId> {
        let number = token.expose_secret().split(':').next()?;
        number.parse::<u64>().ok()?;
        BotId::from_text(&format!("bot_{number}"))
    }

    /// Comes from the token, so that all processes agree without storing it.
    pub fn secret_of(token: &SecretString) -> String {
        let key = token.expose_secret().as_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        mac.update(b"atelier webhook secret 1");
        hex::encode(mac.finalize().into_bytes())
    }

    /// Asks Telegram to send updates to this address.
    pub async fn set_webhook(&self, url: &str) -> Result<(), TelegramError> {
        let params = SetWebhookParams::builder()
            .url(url)
            .secret_token(self.secret.clone())
            .max_connections(100)
            .allowed_updates(WANTED.to_vec())
            .build();
        self.telegram.set_webhook(&params).await.map(|_| ())
    }

    /// What Telegram calls this bot: the name in its links.
    pub async fn username(&self) -> Result<Option<String>, TelegramError> {
        Ok(self.telegram.get_me().await?.result.username)
    }

    /// Puts the commands into the messenger's menu, in each of the bot's languages.
    pub async fn set_commands(&self) -> Result<(), TelegramError> {
        for language in &self.languages {
            let speech = chat::text::Speech::of(*language);
            let mut commands = chat::route::COMMANDS.to_vec();
            commands.retain(|it| self.has_shop || !chat::route::FOR_SALE.contains(it));
            let commands = commands.into_iter().map(|it| {
                let says = speech.label(&format!("command-{it}"), &[]);
                BotCommand::builder().command(it).description(says).build()
            });
            let params = SetMyCommandsParams::builder().commands(commands.collect::<Vec<_>>());
            let params = match language {
                Language::Ru => params.build(),
                Language::En | Language::Kk => params.language_code(language.as_str()).build(),
            };
            self.telegram.set_my_commands(&params).await?;
        }
        Ok(())
    }
}

/// The bots that this process speaks for. One that Telegram refuses is taken out; the others go on.
#[derive(Default)]
pub struct Bots(RwLock<HashMap<BotId, Arc<Bot>>>);

impl Bots {
    pub fn add(&self, bot: Bot) {
        self.0
            .write()
            .expect("never poisoned: nothing panics inside")
            .insert(bot.id.clone(), Arc::new(bot));
    }

    pub fn get(&self, id: &BotId) -> Option<Arc<Bot>> {
        self.0.read().expect("never poisoned: nothing panics inside").get(id).cloned()
    }

    pub fn named(&self, name: &str) -> Option<Arc<Bot>> {
        let bots = self.0.read().expect("never poisoned: nothing panics inside");
        bots.values().find(|it| it.name == name).cloned()
    }

    pub fn all(&self) -> Vec<Arc<Bot>> {
        let bots = self.0.read().expect("never poisoned: nothing panics inside");
        let mut all: Vec<_> = bots.values().cloned().collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    pub fn remove(&self, id: &BotId) {
        self.0.write().expect("never poisoned: nothing panics inside").remove(id);
    }
}
