//! The only reader of settings and of the environment.
//!
//! `atelier.toml` at the root of the repository is the manual and holds the defaults. Over it lie
//! the operator's file, `.env`, the environment and the arguments. Everything is checked here and
//! once; whoever holds a [`Config`] need not check again.

mod environment;
mod layers;
mod names;
mod reader;
mod sections;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use domain::catalog::TrainingSettings;
use domain::{Credits, Currency, Kind, Language, Method, Millis, Quality};
use secrecy::SecretString;
use url::Url;

pub use environment::environment;
pub use layers::SetBy;

use layers::Layers;
use reader::Reader;

/// What settings are made of.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Where `atelier.toml` and `.env` may lie; empty is the working directory.
    pub folder: PathBuf,
    /// The operator's file, if it was named; then it must exist.
    pub file: Option<PathBuf>,
    /// See [`environment`].
    pub environment: Vec<(String, String)>,
    pub data: Option<PathBuf>,
    pub port: Option<u16>,
    /// Whether Telegram is the made-up one: `atelier` without arguments.
    pub sandbox: bool,
}

#[derive(Clone, Debug)]
pub struct Config {
    pub data: PathBuf,
    pub http: Http,
    pub api: Api,
    pub store: Store,
    pub objects: Objects,
    pub bots: Vec<Bot>,
    pub telegram: Telegram,
    pub credits: CreditRules,
    pub training: Training,
    pub pictures: Pictures,
    pub edits: Edits,
    pub feedback: Feedback,
    pub gpu: Gpu,
    pub hints: Hints,
    pub catalog: CatalogPlace,
    pub fal: Fal,
    pub redis: Option<SecretString>,
    pub replicate: Replicate,
    pub elevenlabs: ElevenLabs,
    pub videos: Videos,
    pub yookassa: YooKassa,
    pub sandbox: Sandbox,
    pub work: Work,
    pub log: Log,
    settings: Vec<Setting>,
    unused: Vec<(&'static str, &'static str)>,
}

#[derive(Clone, Debug)]
pub struct Http {
    /// Port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Where the world reaches us, without a slash at its end. None: nobody can call us.
    pub public_url: Option<String>,
    /// Who has it may see how the program does.
    pub operator_token: Option<SecretString>,
    /// Addresses or networks whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<String>,
}

/// What other programs may ask.
#[derive(Clone, Debug)]
pub struct Api {
    /// Of one key.
    pub requests_per_minute: u32,
}

#[derive(Clone, Debug)]
pub struct CatalogPlace {
    /// The operator's own files, which go over those that the program brings along.
    pub folder: Option<PathBuf>,
}

#[derive(Clone, Debug)]
pub struct Store {
    pub address: Database,
}

#[derive(Clone, Debug)]
pub enum Database {
    Sqlite(PathBuf),
    /// The address holds a password.
    Postgres(SecretString),
}

#[derive(Clone, Debug)]
pub struct Objects {
    pub place: ObjectsPlace,
}

#[derive(Clone, Debug)]
pub enum ObjectsPlace {
    Folder(PathBuf),
    S3(S3),
}

#[derive(Clone, Debug)]
pub struct S3 {
    pub endpoint: Url,
    pub region: String,
    pub bucket: String,
    pub access_key_id: SecretString,
    pub secret_access_key: SecretString,
}

#[derive(Clone, Debug)]
pub struct Bot {
    /// Small letters, digits and hyphens; no two bots share one.
    pub name: String,
    pub token: SecretString,
    pub owners: Vec<i64>,
    /// Where its customers are answered, if not where those of all bots are.
    pub feedback_chat: Option<i64>,
    /// At least one; the first is for those who speak none of them.
    pub languages: Vec<Language>,
    pub methods: Vec<Method>,
    /// What cards and bank apps pay in.
    pub currency: Currency,
    /// By pack: what differs from the catalog's prices.
    pub prices: BTreeMap<String, BTreeMap<Currency, i64>>,
}

#[derive(Clone, Debug)]
pub struct Telegram {
    pub api_url: String,
    pub messages_per_second: u32,
    pub chat_messages_per_second: u32,
    pub chat_burst: u32,
}

#[derive(Clone, Debug)]
pub struct CreditRules {
    pub welcome: Credits,
    /// Telegram ids of those who pay nothing.
    pub unlimited: Vec<i64>,
    pub reward_inviter: Credits,
    pub reward_invited: Credits,
    pub gift_least: Credits,
    pub gifts_open: u32,
    pub gift_lasts: Millis,
}

#[derive(Clone, Debug)]
pub struct YooKassa {
    /// Both are there whenever `is_test` is false and some bot takes cards or SBP.
    pub shop: Option<String>,
    pub key: Option<SecretString>,
    /// Whether the built-in YooKassa stands in for the real one.
    pub is_test: bool,
    /// Whether money can be taken: with a shop and its key, or in the sandbox. Play money from
    /// customers of the real Telegram would buy real work.
    pub is_open: bool,
    pub api_url: String,
    /// Addresses or networks that notifications come from; none: from everywhere.
    pub networks: Vec<String>,
    pub signature_key: Option<SecretString>,
    pub order_lasts: Millis,
    /// Whether cards may be saved and charged again.
    pub is_recurring: bool,
    pub receipts: Option<Receipts>,
}

/// What stands on receipts.
#[derive(Clone, Debug)]
pub struct Receipts {
    pub vat_code: u8,
    pub tax_system_code: Option<u8>,
    pub payment_subject: String,
    pub payment_mode: String,
}

#[derive(Clone, Debug)]
pub struct Training {
    pub time_limit: Millis,
    pub check_every: Millis,
    pub photo_kept: Millis,
    pub avatars_per_user: u32,
    /// Who trains, if the operator says so.
    pub trainer: Option<String>,
    overrides: BTreeMap<String, TrainingSettings>,
}

#[derive(Clone, Debug)]
pub struct Pictures {
    pub time_limit: Millis,
    /// How long a submit without an answer is waited for.
    pub uncertain_for: Millis,
    pub check_every: Millis,
    pub kept: Millis,
    pub open_per_user: u32,
    pub withheld_per_day: u32,
}

/// Photos that are edited.
#[derive(Clone, Debug)]
pub struct Edits {
    /// How long the photos themselves are kept.
    pub photos_kept: Millis,
}

/// What customers write to those who answer.
#[derive(Clone, Debug)]
pub struct Feedback {
    /// The chat in which they are answered. None: the owners of their bot are told.
    pub chat: Option<i64>,
}

/// The operator's own GPUs.
#[derive(Clone, Debug)]
pub struct Gpu {
    /// The ComfyUI of this machine, whose worker this program is as well.
    pub comfyui_url: Option<Url>,
    pub health_check_url: Option<Url>,
    /// None: a file in the folder for temporary files.
    pub lock_path: Option<PathBuf>,
    pub restart_command: Option<String>,
    pub silence: Millis,
    pub run_limit: Millis,
    pub lease: Millis,
    pub running_per_customer: u32,
    /// For an edit, its wait in the queue included.
    pub time_limit: Millis,
}

/// Who finds words, and how often a customer may ask.
#[derive(Clone, Debug)]
pub struct Hints {
    pub per_day: u32,
    pub provider: String,
    pub photo_workflow: String,
    /// None: words aren't improved.
    pub words_workflow: Option<String>,
    pub model: Option<String>,
    pub cost_micros: i64,
}

#[derive(Clone, Debug)]
pub struct Replicate {
    pub key: Option<SecretString>,
    /// Whether the built-in one stands in for the real one.
    pub is_test: bool,
    pub api_url: String,
}

#[derive(Clone, Debug)]
pub struct ElevenLabs {
    pub key: Option<SecretString>,
    /// Whether the built-in one stands in for the real one.
    pub is_test: bool,
    pub api_url: String,
}

/// How videos are put together, and how long what belongs to them is kept.
#[derive(Clone, Debug)]
pub struct Videos {
    pub clips_kept: Millis,
    pub ffmpeg: PathBuf,
    pub ffprobe: PathBuf,
    /// Of each program that is run.
    pub threads: u32,
    pub niceness: i32,
    /// None: a folder beside the data.
    pub folder: Option<PathBuf>,
    /// Below so many free bytes nothing large is begun.
    pub room_bytes: u64,
    /// Whether a video says that it was made by a machine.
    pub has_label: bool,
    /// For a video, from its order to the end of the last provider's work.
    pub time_limit: Millis,
}

#[derive(Clone, Debug)]
pub struct Fal {
    /// There whenever `is_test` is false.
    pub key: Option<SecretString>,
    /// Whether the built-in fal stands in for the real one.
    pub is_test: bool,
    pub queue_url: String,
    pub rest_url: String,
    webhook_url: Option<String>,
    webhook_portrait_url: Option<String>,
    webhook_style_url: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Sandbox {
    /// Whether Telegram is the made-up one.
    pub has_telegram: bool,
    /// The next port after [`Http::listen`]; 0 if that is 0.
    pub listen: SocketAddr,
    pub training_lasts: Millis,
    pub picture_lasts: Millis,
    pub request_prefix: String,
    pub has_webhooks: bool,
}

#[derive(Clone, Debug)]
pub struct Work {
    pub calls: usize,
    pub fast: usize,
    pub pictures: usize,
    pub money: usize,
    pub media: usize,
    pub montage: usize,
    pub tell: usize,
    pub lease: Millis,
    pub shutdown: Millis,
}

#[derive(Clone, Debug)]
pub struct Log {
    pub is_json: bool,
    /// As `tracing_subscriber`'s filters are written.
    pub level: String,
}

/// One setting, for people to look at.
#[derive(Clone, Debug)]
pub struct Setting {
    pub key: String,
    /// Of a secret no more than the first four characters.
    pub shown: String,
    pub from: SetBy,
    pub is_secret: bool,
}

/// Everything that is wrong with the settings, a line each.
#[derive(Debug)]
pub struct ConfigError {
    pub faults: Vec<String>,
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.faults.join("\n"))
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    pub fn load(given: &Given) -> Result<Self, ConfigError> {
        let mut layers = Layers::new();
        let own = given.folder.join("atelier.toml");
        match &given.file {
            Some(file) => layers.file(file),
            None if own.exists() => layers.file(&own),
            None => {}
        }
        let file = environment::dot_env(&given.folder.join(".env")).unwrap_or_else(|fault| {
            layers.faults.push(fault);
            BTreeMap::new()
        });
        let names: BTreeMap<String, String> = given.environment.iter().cloned().collect();
        layers.environment(&file, SetBy::DotEnv);
        layers.environment(&names, SetBy::Environment);
        if let Some(data) = &given.data {
            let data = toml::Value::String(data.display().to_string());
            layers.put("data", data, SetBy::Argument("--data"));
        }
        if let Some(port) = given.port {
            layers.put("http.port", i64::from(port).into(), SetBy::Argument("--port"));
        }

        let mut from = Reader::new(layers);
        let data = PathBuf::from(from.text("data").unwrap_or_else(|| "atelier-data".to_owned()));
        let http = sections::http(&mut from);
        let sandbox = sections::sandbox(&mut from, given.sandbox, http.listen);
        let config = Self {
            api: sections::api(&mut from),
            store: sections::store(&mut from, &data),
            objects: sections::objects(&mut from, &data),
            bots: sections::bots(&mut from, given.sandbox),
            telegram: sections::telegram(&mut from),
            credits: sections::credits(&mut from),
            catalog: sections::catalog(&mut from),
            training: sections::training(&mut from),
            pictures: sections::pictures(&mut from),
            edits: sections::edits(&mut from),
            feedback: sections::feedback(&mut from),
            gpu: sections::gpu(&mut from),
            hints: sections::hints(&mut from),
            fal: sections::fal(&mut from),
            redis: sections::redis(&mut from),
            replicate: sections::replicate(&mut from),
            elevenlabs: sections::elevenlabs(&mut from),
            videos: sections::videos(&mut from),
            yookassa: sections::yookassa(&mut from, given.sandbox),
            work: sections::work(&mut from),
            log: sections::log(&mut from),
            settings: Vec::new(),
            unused: names::LATER
                .iter()
                .filter(|(name, _)| {
                    let value = names.get(*name).or(file.get(*name));
                    value.is_some_and(|it| !it.trim().is_empty())
                })
                .copied()
                .collect(),
            data,
            http,
            sandbox,
        };
        Ok(Self { settings: from.finish()?, ..config })
    }

    /// Every setting, by its key.
    pub fn described(&self) -> &[Setting] {
        &self.settings
    }

    /// Names that are set in the environment and that nothing reads so far, with what they will be
    /// for.
    pub fn unused(&self) -> &[(&'static str, &'static str)] {
        &self.unused
    }
}

impl Training {
    /// A catalog's settings with the operator's over them: those for the kind, over them those for
    /// the quality, over them those for both.
    pub fn settings(
        &self,
        kind: Kind,
        quality: Quality,
        catalog: &TrainingSettings,
    ) -> TrainingSettings {
        let (kind, quality) = (kind.as_str(), quality.as_str());
        [kind.to_owned(), quality.to_owned(), format!("{kind}_{quality}")]
            .iter()
            .filter_map(|it| self.overrides.get(it))
            .fold(catalog.clone(), |settings, over| settings.overridden(over))
    }
}

impl Fal {
    /// Where the operator wants fal to call for trainings of this kind, if he said so.
    pub fn webhook_url(&self, kind: Kind) -> Option<&str> {
        let own = match kind {
            Kind::Portrait => &self.webhook_portrait_url,
            Kind::Style => &self.webhook_style_url,
        };
        own.as_deref().or(self.webhook_url.as_deref())
    }
}
