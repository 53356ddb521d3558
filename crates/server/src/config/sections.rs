//! Each section's settings: read, checked, and one line said for each fault.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use domain::catalog::TrainingSettings;
use domain::{Credits, Currency, Kind, Language, Method, Millis, Money, Quality};
use secrecy::{ExposeSecret, SecretString};

use super::reader::Reader;
use super::{
    Api, Bot, CatalogPlace, CreditRules, Database, Edits, ElevenLabs, Fal, Feedback, Gpu, Hints,
    Http, Log, Objects, ObjectsPlace, Pictures, Receipts, Replicate, S3, Sandbox, Store, Telegram,
    Training, Videos, Work, YooKassa,
};

/// The bot of a sandbox whose operator named none.
const SANDBOX_TOKEN: &str = "1000000001:sandbox-bot-that-nobody-owns";

const BOTS_MAX: usize = 200;
const DAY_S: i64 = 86_400;
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

pub(super) fn http(from: &mut Reader) -> Http {
    let ip = from.address("http.listen");
    let operator_token = from.secret("http.operator_token");
    if operator_token.as_ref().is_some_and(|it| it.expose_secret().len() < 16) {
        from.fault("http.operator_token", "must have 16 characters at least");
    }
    // The sandbox takes the next one, so the last is not to be had.
    let port = from.number("http.port", 0..=65_534);
    Http {
        listen: SocketAddr::new(ip, port),
        public_url: from.maybe_base("http.public_url"),
        operator_token,
        trusted_proxies: networks(from, "http.trusted_proxies"),
    }
}

/// Addresses and networks, as they are written: `10.0.0.0/8`, `::1`.
fn networks(from: &mut Reader, key: &str) -> Vec<String> {
    from.list_of(key, "addresses or networks, such as 10.0.0.0/8", |text| {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let address: std::net::IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        bits.is_none_or(|it| it <= most).then(|| text.to_owned())
    })
}

pub(super) fn api(from: &mut Reader) -> Api {
    Api { requests_per_minute: from.number("api.requests_per_minute", 1..=1_000_000) }
}

pub(super) fn catalog(from: &mut Reader) -> CatalogPlace {
    CatalogPlace { folder: from.text("catalog.folder").map(PathBuf::from) }
}

pub(super) fn store(from: &mut Reader, data: &Path) -> Store {
    let address = from.secret("store.address");
    let text = address.as_ref().map(|it| it.expose_secret()).unwrap_or_default();
    let address = if text.is_empty() {
        Database::Sqlite(data.join("atelier.db"))
    } else if let Some(file) = text.strip_prefix("sqlite:") {
        Database::Sqlite(PathBuf::from(file.strip_prefix("//").unwrap_or(file)))
    } else {
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            from.fault("store.address", "must begin with postgres:// or sqlite:");
        }
        Database::Postgres(SecretString::from(text))
    };
    if matches!(&address, Database::Sqlite(file) if file.as_os_str().is_empty()) {
        from.fault("store.address", "names no file after sqlite:");
    }
    Store { address }
}

/// The address of a Redis; it may hold a password.
pub(super) fn redis(from: &mut Reader) -> Option<SecretString> {
    let address = from.secret("redis.url")?;
    let schemes = ["redis://", "redis+unix://", "unix://"];
    if !schemes.iter().any(|it| address.expose_secret().starts_with(it)) {
        from.fault("redis.url", "must begin with redis:// or unix://");
    }
    Some(address)
}

pub(super) fn objects(from: &mut Reader, data: &Path) -> Objects {
    let folder = from.text("objects.folder").map_or_else(|| data.join("objects"), PathBuf::from);
    let endpoint = from.maybe_url("objects.s3.endpoint");
    let region = from.text("objects.s3.region").unwrap_or_else(|| "auto".to_owned());
    let access_key_id = from.secret("objects.s3.access_key_id");
    let secret_access_key = from.secret("objects.s3.secret_access_key");
    let place = match (from.text("objects.s3.bucket"), endpoint, access_key_id, secret_access_key) {
        (None, ..) => ObjectsPlace::Folder(folder),
        (Some(bucket), Some(endpoint), Some(access_key_id), Some(secret_access_key)) => {
            ObjectsPlace::S3(S3 { endpoint, region, bucket, access_key_id, secret_access_key })
        }
        (Some(_), endpoint, access_key_id, secret_access_key) => {
            let others = [
                ("objects.s3.endpoint", endpoint.is_none()),
                ("objects.s3.access_key_id", access_key_id.is_none()),
                ("objects.s3.secret_access_key", secret_access_key.is_none()),
            ];
            for (key, _) in others.iter().filter(|(_, is_missing)| *is_missing) {
                from.fault(key, "is missing, and objects.s3.bucket is set");
            }
            ObjectsPlace::Folder(folder)
        }
    };
    Objects { place }
}

pub(super) fn bots(from: &mut Reader, is_sandbox: bool) -> Vec<Bot> {
    let mut places: Vec<usize> =
        from.below("bot.").iter().filter_map(|it| it.parse().ok()).collect();
    // Without an entry there is still the first one: it may live from its token alone.
    places.push(0);
    places.sort_unstable();
    places.dedup();
    if BOTS_MAX < places.len() {
        from.fault("bot.0.name", "more than 200 bots");
    }
    let mut bots: Vec<Bot> = Vec::new();
    for place in places {
        let Some(bot) = bot(from, place, is_sandbox) else { continue };
        let name = format!("bot.{place}.name");
        if from.is_set(&name) && bots.iter().any(|it| it.name == bot.name) {
            from.fault(&name, "is the name of another bot too");
        }
        if bots.iter().any(|it| it.token.expose_secret() == bot.token.expose_secret()) {
            from.fault(&format!("bot.{place}.token"), "is the token of another bot too");
        }
        bots.push(bot);
    }
    bots
}

fn bot(from: &mut Reader, place: usize, is_sandbox: bool) -> Option<Bot> {
    let key = |name: &str| format!("bot.{place}.{name}");
    let name = from.text(&key("name")).unwrap_or_default();
    let token = from.secret(&key("token"));
    let owners = from.people(&key("owners"));
    let feedback_chat = chat(from, &key("feedback_chat_id"));
    let languages = from.list_of(&key("languages"), "\"ru\", \"en\" and \"kk\"", |text| {
        Language::ALL.into_iter().find(|it| it.as_str() == text)
    });

    let methods =
        from.list_of(&key("methods"), "\"card\", \"sbp\" and \"stars\"", Method::from_text);
    let currency = from.word(&key("currency"), &[("rub", Currency::Rub), ("kzt", Currency::Kzt)]);
    // The manual's example first, so that its keys are known to be read.
    let mut packs = from.below(&key("price."));
    packs.insert("250".to_owned());
    let mut prices = BTreeMap::new();
    for pack in packs {
        let price = price(from, &key(&format!("price.{pack}")));
        if !price.is_empty() {
            prices.insert(pack, price);
        }
    }

    let is_slug = (1..=32).contains(&name.len())
        && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
    if !is_slug || (0 < place && !from.is_set(&key("name"))) {
        from.fault(&key("name"), "each bot needs one: small letters, digits and hyphens");
    }
    if languages.is_empty() {
        from.fault(&key("languages"), "must name at least one");
    }
    let token = match token {
        Some(token) => {
            if !is_token(token.expose_secret()) {
                from.fault(&key("token"), "must be digits, a colon and letters, as BotFather gave");
            }
            token
        }
        None if is_sandbox && place == 0 => SecretString::from(SANDBOX_TOKEN),
        None => return None,
    };
    Some(Bot { name, token, owners, feedback_chat, languages, methods, currency, prices })
}

pub(super) fn feedback(from: &mut Reader) -> Feedback {
    Feedback { chat: chat(from, "feedback.chat_id") }
}

/// The number of a chat at Telegram: of a group below zero, of a person above. Telegram's have 52
/// bits at most.
fn chat(from: &mut Reader, key: &str) -> Option<i64> {
    const MOST: i64 = 1 << 52;
    let chat = from.maybe_number(key, -MOST..=MOST);
    if chat == Some(0) {
        from.fault(key, "is no chat: groups have numbers below zero, people above");
    }
    chat
}

/// What one pack costs in one bot, as far as it is said.
fn price(from: &mut Reader, key: &str) -> BTreeMap<Currency, i64> {
    let of = |it: &Currency| {
        let minor = from.maybe_number(&format!("{key}.{}", it.as_str()), 1..=Money::MOST);
        Some((*it, minor?))
    };
    Currency::ALL.iter().filter_map(of).collect()
}

fn is_token(text: &str) -> bool {
    text.split_once(':').is_some_and(|(id, secret)| {
        (1..=19).contains(&id.len())
            && id.bytes().all(|it| it.is_ascii_digit())
            && (16..=128).contains(&secret.len())
            && secret.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-'))
    })
}

pub(super) fn telegram(from: &mut Reader) -> Telegram {
    Telegram {
        api_url: from.base("telegram.api_url"),
        messages_per_second: from.number("telegram.messages_per_second", 1..=100_000),
        chat_messages_per_second: from.number("telegram.chat_messages_per_second", 1..=1_000),
        chat_burst: from.number("telegram.chat_burst", 1..=1_000),
    }
}

pub(super) fn credits(from: &mut Reader) -> CreditRules {
    let welcome = from.number("credits.welcome", 0..=1_000_000);
    CreditRules {
        welcome: Credits::new(welcome).unwrap_or_default(),
        unlimited: from.people("credits.unlimited"),
        reward_inviter: some_credits(from, "credits.reward_inviter", 0),
        reward_invited: some_credits(from, "credits.reward_invited", 0),
        gift_least: some_credits(from, "credits.gift_least", 1),
        gifts_open: from.number("credits.gifts_open", 0..=1_000),
        gift_lasts: Millis::days(from.number("credits.gift_days", 1..=365)),
    }
}

fn some_credits(from: &mut Reader, key: &str, least: i64) -> Credits {
    Credits::new(from.number(key, least..=1_000_000)).unwrap_or_default()
}

pub(super) fn yookassa(from: &mut Reader, has_telegram: bool) -> YooKassa {
    let key = |name: &str| format!("payments.yookassa.{name}");
    let receipts = Receipts {
        vat_code: from.number(&key("receipts.vat_code"), 1..=12),
        tax_system_code: from
            .maybe_number(&key("receipts.tax_system_code"), 1..=6)
            .and_then(|it| u8::try_from(it).ok()),
        payment_subject: from.text(&key("receipts.payment_subject")).unwrap_or_default(),
        payment_mode: from.text(&key("receipts.payment_mode")).unwrap_or_default(),
    };
    let signature_key = from.secret(&key("signature_key"));
    if signature_key.as_ref().is_some_and(|it| it.expose_secret().len() < 16) {
        from.fault(&key("signature_key"), "must have 16 characters at least");
    }
    // Whatever is wrong with it, it never means the real one.
    let is_test = from.maybe_flag(&key("test_mode")) != Some(false);
    let (shop, secret) = (from.text(&key("shop_id")), from.secret(&key("key")));
    let yookassa = YooKassa {
        is_open: if is_test { has_telegram } else { shop.is_some() && secret.is_some() },
        shop,
        key: secret,
        is_test,
        api_url: from.base(&key("api_url")),
        networks: networks(from, &key("networks")),
        signature_key,
        order_lasts: Millis(from.number::<i64>(&key("order_minutes"), 5..=60) * 60_000),
        is_recurring: from.flag(&key("recurring")),
        receipts: from.flag(&key("receipts.enabled")).then_some(receipts),
    };
    // A shop that is half given is a slip, and money isn't taken by half.
    if !yookassa.is_test && yookassa.shop.is_some() != yookassa.key.is_some() {
        from.fault(&key("test_mode"), "is false, which needs both shop_id and key");
    }
    yookassa
}

pub(super) fn training(from: &mut Reader) -> Training {
    // The manual's example first, so that its keys are known to be read.
    let mut names = from.below("training.override.");
    names.insert("portrait".to_owned());
    Training {
        time_limit: Millis::seconds(from.number("training.time_limit_s", 60..=DAY_S)),
        check_every: Millis::seconds(from.number("training.check_every_s", 1..=3_600)),
        photo_kept: Millis::days(from.number("training.photo_days", 0..=3_650)),
        avatars_per_user: from.number("training.avatars_per_user", 1..=10_000),
        trainer: from.text("training.trainer"),
        overrides: names.into_iter().map(|it| (it.clone(), training_override(from, &it))).collect(),
    }
}

fn training_override(from: &mut Reader, name: &str) -> TrainingSettings {
    let key = |word: &str| format!("training.override.{name}.{word}");
    let (kind, quality) = match name.split_once('_') {
        Some((kind, quality)) => (Some(kind), Some(quality)),
        None if Kind::from_text(name).is_some() => (Some(name), None),
        None => (None, Some(name)),
    };
    if kind.is_some_and(|it| Kind::from_text(it).is_none())
        || quality.is_some_and(|it| Quality::from_text(it).is_none())
    {
        let word = from.below(&key("")).into_iter().next().unwrap_or_default();
        from.fault(&key(&word), &format!("`{name}` is no kind, no quality and no kind_quality"));
    }
    let number = |it: Option<i64>| it.and_then(|it| u32::try_from(it).ok());
    TrainingSettings {
        steps: number(from.maybe_number(&key("steps"), 1..=100_000)),
        learning_rate_millionths: from.maybe_millionths(&key("learning_rate")),
        subject_crop: from.maybe_flag(&key("subject_crop")),
        create_masks: from.maybe_flag(&key("create_masks")),
        multiresolution: from.maybe_flag(&key("multiresolution")),
        priority: from
            .maybe_word(
                &key("priority"),
                &[("speed", "speed"), ("quality", "quality"), ("high_res_only", "high_res_only")],
            )
            .map(str::to_owned),
        lora_rank: number(from.maybe_number(&key("lora_rank"), 1..=256)),
    }
}

pub(super) fn pictures(from: &mut Reader) -> Pictures {
    Pictures {
        time_limit: Millis::seconds(from.number("pictures.time_limit_s", 60..=DAY_S)),
        uncertain_for: Millis::seconds(from.number("pictures.uncertain_s", 30..=DAY_S)),
        check_every: Millis::seconds(from.number("pictures.check_every_s", 1..=3_600)),
        kept: Millis::days(from.number("pictures.kept_days", 1..=3_650)),
        open_per_user: from.number("pictures.open_per_user", 1..=1_000),
        withheld_per_day: from.number("pictures.withheld_per_day", 1..=10_000),
    }
}

pub(super) fn edits(from: &mut Reader) -> Edits {
    Edits { photos_kept: Millis::days(from.number("edits.photos_days", 1..=365)) }
}

pub(super) fn gpu(from: &mut Reader) -> Gpu {
    Gpu {
        comfyui_url: from.maybe_url("gpu.comfyui_url"),
        health_check_url: from.maybe_url("gpu.health_check_url"),
        lock_path: from.text("gpu.lock_path").map(PathBuf::from),
        restart_command: from.text("gpu.restart_command"),
        silence: Millis::seconds(from.number("gpu.silence_seconds", 10..=3_600)),
        run_limit: Millis::seconds(from.number("gpu.run_seconds", 30..=DAY_S)),
        lease: Millis::seconds(from.number("gpu.lease_seconds", 10..=600)),
        running_per_customer: from.number("gpu.running_per_customer", 1..=100),
        time_limit: Millis::seconds(from.number("gpu.time_limit_s", 60..=DAY_S)),
    }
}

pub(super) fn hints(from: &mut Reader) -> Hints {
    Hints {
        per_day: from.number("hints.per_day", 0..=10_000),
        provider: from.text("hints.provider").unwrap_or_default(),
        photo_workflow: from.text("hints.photo_workflow").unwrap_or_default(),
        words_workflow: from.text("hints.words_workflow"),
        model: from.text("hints.model"),
        cost_micros: from.number("hints.cost_micros", 0..=10_000_000),
    }
}

pub(super) fn elevenlabs(from: &mut Reader) -> ElevenLabs {
    let elevenlabs = ElevenLabs {
        key: from.secret("providers.elevenlabs.key"),
        // Whatever is wrong with it, it never means the real one.
        is_test: from.maybe_flag("providers.elevenlabs.test_mode") != Some(false),
        api_url: from.base("providers.elevenlabs.api_url"),
    };
    if !elevenlabs.is_test && elevenlabs.key.is_none() {
        from.fault(
            "providers.elevenlabs.test_mode",
            "is false, which needs providers.elevenlabs.key",
        );
    }
    elevenlabs
}

pub(super) fn videos(from: &mut Reader) -> Videos {
    let program =
        |text: Option<String>, else_: &str| PathBuf::from(text.as_deref().unwrap_or(else_));
    Videos {
        clips_kept: Millis::days(from.number("videos.clips_days", 1..=365)),
        ffmpeg: program(from.text("videos.ffmpeg"), "ffmpeg"),
        ffprobe: program(from.text("videos.ffprobe"), "ffprobe"),
        threads: from.number("videos.threads", 1..=64),
        niceness: from.number("videos.niceness", 0..=19),
        folder: from.text("videos.folder").map(PathBuf::from),
        room_bytes: from.number::<u64>("videos.room_mb", 0..=1_000_000) * 1024 * 1024,
        has_label: from.flag("videos.label"),
        time_limit: Millis::seconds(from.number("videos.time_limit_s", 60..=DAY_S)),
    }
}

pub(super) fn replicate(from: &mut Reader) -> Replicate {
    let replicate = Replicate {
        key: from.secret("providers.replicate.key"),
        // Whatever is wrong with it, it never means the real one.
        is_test: from.maybe_flag("providers.replicate.test_mode") != Some(false),
        api_url: from.base("providers.replicate.api_url"),
    };
    if !replicate.is_test && replicate.key.is_none() {
        from.fault(
            "providers.replicate.test_mode",
            "is false, which needs providers.replicate.key",
        );
    }
    replicate
}

pub(super) fn fal(from: &mut Reader) -> Fal {
    let fal = Fal {
        key: from.secret("providers.fal.key"),
        // Whatever is wrong with it, it never means the real one.
        is_test: from.maybe_flag("providers.fal.test_mode") != Some(false),
        queue_url: from.base("providers.fal.queue_url"),
        rest_url: from.base("providers.fal.rest_url"),
        webhook_url: from.maybe_base("providers.fal.webhook_url"),
        webhook_portrait_url: from.maybe_base("providers.fal.webhook_portrait_url"),
        webhook_style_url: from.maybe_base("providers.fal.webhook_style_url"),
    };
    if !fal.is_test && fal.key.is_none() {
        from.fault("providers.fal.test_mode", "is false, which needs providers.fal.key");
    }
    fal
}

pub(super) fn sandbox(from: &mut Reader, has_telegram: bool, main: SocketAddr) -> Sandbox {
    let port = match main.port() {
        0 => 0,
        port => port.saturating_add(1),
    };
    let prefix = from.text("sandbox.request_prefix").unwrap_or_default();
    if 32 < prefix.len() || !prefix.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_') {
        from.fault("sandbox.request_prefix", "must be up to 32 letters, digits and underscores");
    }
    Sandbox {
        has_telegram,
        listen: SocketAddr::new(main.ip(), port),
        training_lasts: Millis::seconds(from.number("sandbox.training_seconds", 0..=DAY_S)),
        picture_lasts: Millis::seconds(from.number("sandbox.picture_seconds", 0..=DAY_S)),
        request_prefix: prefix,
        has_webhooks: from.flag("sandbox.webhooks"),
    }
}

pub(super) fn work(from: &mut Reader) -> Work {
    Work {
        calls: from.number("work.calls", 1..=64),
        fast: from.number("work.fast", 1..=64),
        pictures: from.number("work.pictures", 1..=64),
        money: from.number("work.money", 1..=64),
        media: from.number("work.media", 1..=64),
        montage: from.number("work.montage", 1..=64),
        tell: from.number("work.tell", 1..=64),
        lease: Millis::seconds(from.number("work.lease_seconds", 10..=3_600)),
        shutdown: Millis::seconds(from.number("work.shutdown_seconds", 1..=600)),
    }
}

pub(super) fn log(from: &mut Reader) -> Log {
    let is_json = from.word("log.format", &[("text", false), ("json", true)]);
    let level = from.text("log.level").unwrap_or_else(|| "info".to_owned());
    // The library that reads it takes any word for the name of a part, and says nothing.
    let is_level = |it: &str| LEVELS.contains(&it);
    let mut parts = level.split(',').map(str::trim);
    let is_right = parts.next().is_some_and(is_level)
        && parts.all(|it| {
            it.split_once('=').is_some_and(|(part, it)| !part.is_empty() && is_level(it))
        });
    if !is_right {
        from.fault("log.level", "must be a level, and parts with another: info,server::bot=debug");
    }
    Log { is_json, level }
}
