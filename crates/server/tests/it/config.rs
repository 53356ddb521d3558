//! Settings: what counts over what, what is refused and in which words, what is never shown.

use std::path::Path;

use domain::catalog::TrainingSettings;
use domain::{Kind, Quality};
use secrecy::ExposeSecret;
use server::config::{Config, ConfigError, Database, Given, ObjectsPlace};

/// A folder with the operator's `atelier.toml` and `.env`, and an environment of `NAME=value`
/// lines.
struct Place {
    folder: tempfile::TempDir,
    given: Given,
}

impl Place {
    fn new(toml: &str, dot_env: &str, environment: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        for (name, text) in [("atelier.toml", toml), (".env", dot_env)] {
            if !text.is_empty() {
                std::fs::write(folder.path().join(name), text).expect("the folder is ours");
            }
        }
        let environment = environment
            .lines()
            .filter_map(|it| it.trim().split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let given = Given { folder: folder.path().into(), environment, ..Given::default() };
        Self { folder, given }
    }

    fn load(&self) -> Result<Config, ConfigError> {
        Config::load(&self.given)
    }

    /// The keys named in `keys`, a line each with its value and who set it, or the faults.
    fn seen(&self, keys: &str) -> String {
        let text = match self.load() {
            Err(error) => error.to_string(),
            Ok(config) => keys
                .split_whitespace()
                .map(|key| match config.described().iter().find(|it| it.key == key) {
                    Some(it) => format!("{key} = {} ({})", it.shown, it.from),
                    None => format!("{key} is not there"),
                })
                .collect::<Vec<_>>()
                .join("\n"),
        };
        text.replace(&format!("{}/", self.folder.path().display()), "")
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|it| !it.is_empty()).collect()
}

/// `expected` is what [`Place::seen`] makes of it.
#[track_caller]
fn check(toml: &str, dot_env: &str, environment: &str, keys: &str, expected: &str) {
    let seen = Place::new(toml, dot_env, environment).seen(keys);
    assert_eq!(lines(&seen), lines(expected), "it said:\n{seen}");
}

/// The faults of a file and an environment.
#[track_caller]
fn refused(toml: &str, environment: &str, expected: &str) {
    let seen = Place::new(toml, "", environment).load().expect_err("it was taken").to_string();
    let mut seen: Vec<String> = seen.lines().map(|it| it[plain_from(it)..].to_owned()).collect();
    let mut expected: Vec<String> = lines(expected).into_iter().map(str::to_owned).collect();
    seen.sort();
    expected.sort();
    assert_eq!(seen, expected);
}

/// Where a fault begins after the folder of the test.
fn plain_from(fault: &str) -> usize {
    fault.find("atelier.toml").filter(|_| fault.starts_with('/')).unwrap_or(0)
}

#[test]
fn without_settings_the_manual_counts() {
    let config = Place::new("", "", "").load().expect("the manual is right");
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.sandbox.listen.to_string(), "127.0.0.1:8081");
    assert!(
        matches!(&config.store.address, Database::Sqlite(it) if it == Path::new("atelier-data/atelier.db"))
    );
    assert!(
        matches!(&config.objects.place, ObjectsPlace::Folder(it) if it == Path::new("atelier-data/objects"))
    );
    assert_eq!(config.credits.welcome.as_i64(), 100);
    assert_eq!(config.training.time_limit.as_i64(), 1_800_000);
    assert_eq!(config.training.check_every.as_i64(), 30_000);
    assert_eq!(config.sandbox.request_prefix, "test_");
    assert!(config.fal.is_test && config.fal.key.is_none());
    assert!(config.bots.is_empty(), "there is no token, so there is no bot");
    assert!(config.http.public_url.is_none());
    for setting in config.described() {
        assert_eq!(setting.from.to_string(), "default", "{}", setting.key);
    }
}

#[test]
fn what_is_nearer_to_the_operator_counts_more() {
    let keys = "http.port credits.welcome training.time_limit_s log.level";
    let file = "[http]\nport = 1000\n[credits]\nwelcome = 1\n[training]\ntime_limit_s = 100\n\
                [log]\nlevel = \"warn\"";
    check(
        file,
        "ATELIER__HTTP__PORT=2000\nINITIAL_BALANCE=2\nFAL_TRAINING_TIMEOUT=200",
        "ATELIER__CREDITS__WELCOME=3\nATELIER__TRAINING__TIME_LIMIT_S=300\nFAL_TRAINING_TIMEOUT=400",
        keys,
        "http.port = 2000 (.env ATELIER__HTTP__PORT)
         credits.welcome = 3 (env ATELIER__CREDITS__WELCOME)
         training.time_limit_s = 400 (env FAL_TRAINING_TIMEOUT)
         log.level = warn (atelier.toml)",
    );
}

#[test]
fn arguments_count_most() {
    let mut place = Place::new("data = \"a\"", "", "ATELIER__HTTP__PORT=5");
    place.given.data = Some("b".into());
    place.given.port = Some(6);
    assert_eq!(
        place.seen("data http.port store.address"),
        "data = b (--data)\nhttp.port = 6 (--port)\nstore.address =  (default)"
    );
    let config = place.load().expect("they are right");
    assert!(
        matches!(config.store.address, Database::Sqlite(it) if it == Path::new("b/atelier.db"))
    );
}

#[test]
fn an_empty_name_is_not_set() {
    check(
        "[credits]\nwelcome = 7",
        "INITIAL_BALANCE=\nATELIER__LOG__LEVEL=  # loud",
        "ATELIER__CREDITS__WELCOME=  ",
        "credits.welcome log.level",
        "credits.welcome = 7 (atelier.toml)
         log.level = info (default)",
    );
}

#[test]
fn a_named_file_must_exist_and_replaces_the_one_of_the_folder() {
    let mut place = Place::new("[credits]\nwelcome = 7", "", "");
    place.given.file = Some(place.folder.path().join("other.toml"));
    let fault = place.seen("");
    assert!(fault.starts_with("other.toml: it can't be read: No such file"), "{fault}");
    std::fs::write(place.folder.path().join("other.toml"), "[http]\nport = 9").expect("it is ours");
    assert_eq!(
        place.seen("credits.welcome http.port"),
        "credits.welcome = 100 (default)\nhttp.port = 9 (other.toml)"
    );
}

#[test]
fn dot_env_is_read_as_shells_do() {
    check(
        "",
        "# a comment\n\nexport INITIAL_BALANCE='5'\nWEBHOOK_URL=\"https://a.example/#x\" # mine\n\
         ATELIER__LOG__LEVEL = debug # all of it\nUNRELATED=x",
        "",
        "credits.welcome http.public_url log.level",
        "credits.welcome = 5 (.env INITIAL_BALANCE)
         http.public_url = https://a.example/#x (.env WEBHOOK_URL)
         log.level = debug (.env ATELIER__LOG__LEVEL)",
    );
    check("", "INITIAL_BALANCE 5", "", "", ".env:1: this isn't NAME=value");
}

#[test]
fn an_unknown_key_is_refused_with_the_one_that_was_meant() {
    refused(
        "[http]\nprot = 1\n[telegram]\nmessage_per_second = 3\n[nonsense.of.mine]\nkey = 1\n\
         [[bot]]\ntokn = \"x\"",
        "ATELIER__CREDITS__WELCOM=1\nATELIER__TRAINING__OVERRIDE__FAST__STEP=1\nATELIERX=1",
        "atelier.toml: unknown key `http.prot`; did you mean `http.port`?
         atelier.toml: unknown key `telegram.message_per_second`; did you mean `telegram.messages_per_second`?
         atelier.toml: unknown key `nonsense.of.mine.key`
         atelier.toml: unknown key `bot.0.tokn`; did you mean `bot.0.token`?
         ATELIER__CREDITS__WELCOM: unknown key `credits.welcom`; did you mean `credits.welcome`?
         ATELIER__TRAINING__OVERRIDE__FAST__STEP: unknown key `training.override.fast.step`; did you mean `training.override.portrait.steps`?",
    );
}

#[test]
fn all_faults_are_said_at_once_with_the_place_and_the_limits() {
    refused(
        "[http]\nport = 70000\nlisten = \"here\"\n[credits]\nwelcome = -5\n[log]\nformat = \"xml\"\n\
         level = \"info,loud\"\n[work]\nfast = \"4\"\nmedia = 0\n\
         [sandbox]\nrequest_prefix = \"a b\"",
        "FAL_TRAINING_TIMEOUT=soon\nFAL_TRAINING_TEST_MODE=perhaps\nWEBHOOK_URL=http://a.example\n\
         ADMIN_IDS=12,me",
        "atelier.toml: http.port: must be a whole number from 0 to 65534 (it is `70000`)
         atelier.toml: http.listen: must be an IP address, such as 127.0.0.1 or 0.0.0.0 (it is `here`)
         atelier.toml: credits.welcome: must be a whole number from 0 to 1000000 (it is `-5`)
         atelier.toml: log.format: must be one of \"text\", \"json\" (it is `xml`)
         atelier.toml: log.level: must be a level, and parts with another: info,server::bot=debug (it is `info,loud`)
         atelier.toml: work.fast: must be a whole number from 1 to 64 (it is `4`)
         atelier.toml: sandbox.request_prefix: must be up to 32 letters, digits and underscores (it is `a b`)
         atelier.toml: work.media: must be a whole number from 1 to 64 (it is `0`)
         FAL_TRAINING_TIMEOUT: training.time_limit_s must be a whole number from 60 to 86400 (it is `soon`)
         FAL_TRAINING_TEST_MODE: providers.fal.test_mode must be true or false (it is `perhaps`)
         WEBHOOK_URL: http.public_url must be an address that begins with https:// (it is `http://a.example`)
         ADMIN_IDS: bot.0.owners must be a list of Telegram ids, which are whole numbers above zero (it is `12,me`)",
    );
}

#[test]
fn a_file_that_is_no_toml_is_refused_by_its_line_alone() {
    let seen = Place::new("[http]\nport = 1\n[[bot]]\ntoken = 12345:secretsecretsecret\n", "", "")
        .seen("http.port");
    assert!(seen.starts_with("atelier.toml:4: "), "{seen}");
    assert!(!seen.contains("secretsecret"), "{seen}");
}

const TOKEN: &str = "123456:AbCdEfGhIjKlMnOpQrStUv_-01234567890";

#[test]
fn secrets_are_shown_by_four_characters_at_most() {
    let place = Place::new(
        "[objects.s3]\nbucket = \"b\"\nendpoint = \"https://s3.example\"\naccess_key_id = \"short\"\n\
         secret_access_key = \"a-secret-of-forty-characters-0123456789\"",
        "",
        &format!(
            "TELEGRAM_BOT_TOKEN={TOKEN}\nFAL_API_KEY=feed-beef-0000:0123456789abcdef\n\
             DATABASE_URL=postgres://atelier:hunter2-hunter2@db/atelier"
        ),
    );
    assert_eq!(
        place.seen(
            "bot.0.token providers.fal.key store.address objects.s3.access_key_id \
             objects.s3.secret_access_key"
        ),
        "bot.0.token = 1234*** (env TELEGRAM_BOT_TOKEN)\n\
         providers.fal.key = feed*** (env FAL_API_KEY)\n\
         store.address = post*** (env DATABASE_URL)\n\
         objects.s3.access_key_id = *** (atelier.toml)\n\
         objects.s3.secret_access_key = a-se*** (atelier.toml)"
    );
    let config = place.load().expect("it is right");
    let debug = format!("{config:?}");
    for secret in ["AbCdEf", "beef", "hunter2", "short", "forty"] {
        assert!(!debug.contains(secret), "{secret} is in {debug}");
    }
    assert_eq!(config.bots[0].token.expose_secret(), TOKEN);
}

#[test]
fn a_wrong_secret_is_named_and_not_shown() {
    refused(
        "",
        "BOT_TOKEN=hunter2\nDATABASE_URL=mysql://hunter2\nFAL_PRESET_FAST=hunter2\n\
         ATELIER__HTTP__OPERATOR_TOKEN=hunter2",
        "BOT_TOKEN: bot.0.token must be digits, a colon and letters, as BotFather gave
         DATABASE_URL: store.address must begin with postgres:// or sqlite:
         FAL_PRESET_FAST: it isn't a JSON object
         ATELIER__HTTP__OPERATOR_TOKEN: http.operator_token must have 16 characters at least",
    );
}

#[test]
fn the_first_bot_may_live_from_the_environment_alone() {
    let environment = format!(
        "BOT_TOKEN=999:an-older-token-0123456789\nTELEGRAM_BOT_TOKEN={TOKEN}\n\
         ADMIN_IDS=[11, 22]"
    );
    let config = Place::new("", "", &environment).load().expect("it is right");
    let [bot] = config.bots.as_slice() else { panic!("one bot: {:?}", config.bots) };
    assert_eq!((bot.name.as_str(), bot.token.expose_secret()), ("main", TOKEN));
    assert_eq!(bot.owners, [11, 22]);
    assert_eq!(bot.languages.len(), 3);
}

#[test]
fn bots_are_many_and_differ() {
    let two = format!(
        "[[bot]]\ntoken = \"{TOKEN}\"\n[[bot]]\nname = \"second\"\nlanguages = [\"kk\"]\n\
         token = \"22:0123456789abcdefghij\"\n"
    );
    let config = Place::new(&two, "", "ATELIER__BOT__1__OWNERS=5").load().expect("it is right");
    let names: Vec<&str> = config.bots.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["main", "second"]);
    assert_eq!(config.bots[1].owners, [5]);

    refused(
        &format!(
            "[[bot]]\ntoken = \"{TOKEN}\"\n[[bot]]\ntoken = \"{TOKEN}\"\n\
             [[bot]]\nname = \"Ä b\"\nlanguages = []\n\
             [[bot]]\nname = \"main\"\ntoken = \"4:0123456789abcdefghij\"\nowners = [-1]"
        ),
        "",
        "atelier.toml: bot.3.name: is the name of another bot too (it is `main`)
         atelier.toml: bot.3.owners: must be a list of Telegram ids, which are whole numbers above zero (it is `-1`)
         bot.1.name: each bot needs one: small letters, digits and hyphens
         atelier.toml: bot.1.token: is the token of another bot too
         atelier.toml: bot.2.name: each bot needs one: small letters, digits and hyphens (it is `Ä b`)
         atelier.toml: bot.2.languages: must name at least one",
    );
}

#[test]
fn the_sandbox_has_a_bot_of_its_own() {
    let mut place = Place::new("", "", "");
    place.given.sandbox = true;
    let config = place.load().expect("it is right");
    assert_eq!(config.bots.len(), 1);
    assert!(config.sandbox.has_telegram);
}

#[test]
fn s3_takes_the_place_of_the_folder_once_a_bucket_is_named() {
    for vendor in ["R2", "S3", "MINIO"] {
        let environment = format!(
            "{vendor}_BUCKET_NAME=b\n{vendor}_ENDPOINT_URL=http://127.0.0.1:9000/\n\
             {vendor}_ACCESS_KEY_ID=k\n{vendor}_SECRET_ACCESS_KEY=s\n{vendor}_REGION=eu"
        );
        let config = Place::new("", "", &environment).load().expect("it is right");
        let ObjectsPlace::S3(s3) = config.objects.place else { panic!("{vendor}: a folder") };
        assert_eq!(
            [&*s3.bucket, s3.endpoint.as_str(), &*s3.region, s3.secret_access_key.expose_secret()],
            ["b", "http://127.0.0.1:9000/", "eu", "s"]
        );
    }
    refused(
        "",
        "S3_BUCKET_NAME=b",
        "objects.s3.endpoint: is missing, and objects.s3.bucket is set
         objects.s3.access_key_id: is missing, and objects.s3.bucket is set
         objects.s3.secret_access_key: is missing, and objects.s3.bucket is set",
    );
}

#[test]
fn databases_are_told_apart_by_their_address() {
    let database = |address: &str| {
        let place = Place::new("", "", &format!("DATABASE_URL={address}"));
        match place.load().expect("it is right").store.address {
            Database::Sqlite(file) => file.display().to_string(),
            Database::Postgres(address) => address.expose_secret().to_owned(),
        }
    };
    assert_eq!(database("sqlite:a/b.db"), "a/b.db");
    assert_eq!(database("sqlite://a.db"), "a.db");
    assert_eq!(database("sqlite:///var/a.db"), "/var/a.db");
    assert_eq!(database("postgresql://u:p@h/d"), "postgresql://u:p@h/d");
    refused(
        "[store]\naddress = \"sqlite:\"",
        "",
        "atelier.toml: store.address: names no file after sqlite:",
    );
}

#[test]
fn real_trainings_need_a_key() {
    refused(
        "",
        "FAL_TRAINING_TEST_MODE=false",
        "FAL_TRAINING_TEST_MODE: providers.fal.test_mode is false, which needs providers.fal.key (it is `false`)",
    );
    let place = Place::new("", "", "FAL_TRAINING_TEST_MODE=False\nFALAI_API_TOKEN=some-key");
    assert!(!place.load().expect("it is right").fal.is_test);
}

#[test]
fn an_override_counts_the_more_the_more_it_says() {
    let place = Place::new(
        "[training.override.portrait_fast]\nlora_rank = 16\n",
        "",
        "FAL_PORTRAIT_STEPS=1200\nFAL_PORTRAIT_LEARNING_RATE=0.00015\nFAL_PORTRAIT_CREATE_MASKS=yes\n\
         FAL_PRESET_FAST={\"steps\": 700, \"learning_rate\": 0.000001, \"subject_crop\": false}\n\
         FAL_DEFAULT_ITERATIONS=500\nFAL_DEFAULT_PRIORITY=quality",
    );
    let training = place.load().expect("it is right").training;
    let catalog =
        TrainingSettings { steps: Some(1), multiresolution: Some(true), ..Default::default() };
    let with = |kind, quality| {
        let set = training.settings(kind, quality, &catalog);
        format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            set.steps.unwrap_or(0),
            set.learning_rate_millionths.unwrap_or(0),
            set.subject_crop,
            set.create_masks,
            set.multiresolution,
            set.priority.unwrap_or_default(),
            set.lora_rank.unwrap_or(0)
        )
    };
    assert_eq!(
        with(Kind::Portrait, Quality::Fast),
        "700 1 Some(false) Some(true) Some(true) \"\" 16"
    );
    assert_eq!(
        with(Kind::Portrait, Quality::Balanced),
        "1200 150 None Some(true) Some(true) \"\" 0"
    );
    assert_eq!(with(Kind::Style, Quality::Quality), "500 0 None None Some(true) \"quality\" 0");
    let untouched = Place::new("", "", "").load().expect("it is right").training;
    assert_eq!(untouched.settings(Kind::Portrait, Quality::Fast, &catalog), catalog);
}

#[test]
fn wrong_overrides_are_refused() {
    refused(
        "[training.override.landscape]\nsteps = 3\n[training.override.style]\nlearning_rate = 2.5\n\
         steps = 0",
        "FAL_PORTRAIT_LEARNING_RATE=0.00000001\nFAL_PRESET_QUALITY={\"step\": 3}",
        "atelier.toml: training.override.landscape.steps: `landscape` is no kind, no quality and no kind_quality (it is `3`)
         atelier.toml: training.override.style.learning_rate: must be a fraction below 1 with six places at most, such as \"0.0002\" (it is `2.5`)
         atelier.toml: training.override.style.steps: must be a whole number from 1 to 100000 (it is `0`)
         FAL_PORTRAIT_LEARNING_RATE: training.override.portrait.learning_rate must be a fraction below 1 with six places at most, such as \"0.0002\" (it is `0.00000001`)
         FAL_PRESET_QUALITY: unknown key `training.override.quality.step`; did you mean `training.override.portrait.steps`?",
    );
}

#[test]
fn a_learning_rate_is_read_digit_by_digit() {
    let rate = |written: &str| {
        let file = format!("[training.override.portrait]\nlearning_rate = {written}");
        let settings = Place::new(&file, "", "").load().ok()?.training.settings(
            Kind::Portrait,
            Quality::Fast,
            &TrainingSettings::default(),
        );
        settings.learning_rate_millionths
    };
    for (written, millionths) in [
        ("0.0002", 200),
        ("\"0.0002\"", 200),
        ("1e-5", 10),
        ("\".5\"", 500_000),
        ("0.123456", 123_456),
    ] {
        assert_eq!(rate(written), Some(millionths), "{written}");
    }
    for written in ["0.0", "\"0.0\"", "\"-0.1\"", "1.0", "\"0,1\"", "\"0.+5\"", "0.1234567", "true"]
    {
        assert_eq!(rate(written), None, "{written}");
    }
}

#[test]
fn webhooks_may_have_an_address_for_each_kind() {
    let config = Place::new(
        "",
        "",
        "FAL_WEBHOOK_URL=https://a.example/all\nFAL_WEBHOOK_STYLE_URL=https://a.example/style/",
    );
    let fal = config.load().expect("it is right").fal;
    assert_eq!(fal.webhook_url(Kind::Portrait), Some("https://a.example/all"));
    assert_eq!(fal.webhook_url(Kind::Style), Some("https://a.example/style"));
}

#[test]
fn nobody_is_unlimited_by_the_word_false() {
    check("", "", "UNLIMITED_PROCESSING=false", "", "");
    let config = Place::new("", "", "UNLIMITED_PROCESSING=5, 6").load().expect("it is right");
    assert_eq!(config.credits.unlimited, [5, 6]);
    refused(
        "",
        "UNLIMITED_PROCESSING=true",
        "UNLIMITED_PROCESSING: credits.unlimited must be a list of Telegram ids, which are whole numbers above zero (it is `true`)",
    );
}

#[test]
fn customers_are_answered_in_one_chat_or_in_one_of_their_bots_own() {
    check(
        "[[bot]]\nfeedback_chat_id = -1002",
        "ADMIN_FEEDBACK_CHAT_ID=-1001234567890",
        "",
        "feedback.chat_id bot.0.feedback_chat_id",
        "feedback.chat_id = -1001234567890 (.env ADMIN_FEEDBACK_CHAT_ID)
         bot.0.feedback_chat_id = -1002 (atelier.toml)",
    );
    refused(
        "[feedback]\nchat_id = 0",
        "",
        "atelier.toml: feedback.chat_id: is no chat: groups have numbers below zero, people above (it is `0`)",
    );
}

#[test]
fn names_for_later_parts_are_taken_and_told() {
    let config =
        Place::new("", "FAL_AUTO_MODEL_SELECTION=1", "ELEVEN_API_KEY=1\nFAL_DEFAULT_MODE=")
            .load()
            .expect("it is right");
    let names: Vec<&str> = config.unused().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["FAL_AUTO_MODEL_SELECTION"]);
}

/// A setting that changes nothing is a lie to the operator.
#[test]
fn every_setting_is_used() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let config = std::fs::read_to_string(source.join("config.rs")).expect("it is there");
    let mut rest = String::new();
    read_all(&source, &mut rest);
    let (_, sections) = config.split_once("pub struct Config {").expect("it has them");
    let (sections, _) = sections.split_once("/// One setting, for people").expect("it ends there");
    let fields = sections.lines().filter_map(|it| it.trim().strip_prefix("pub ")?.split_once(':'));
    for (field, _) in fields.filter(|(it, _)| !it.contains(' ')) {
        let ways = [format!(".{field}"), format!("{field},"), format!("{field} }}")];
        let is_used = ways.iter().any(|it| rest.contains(it));
        assert!(is_used, "nothing uses `{field}` of Config: use it or take it out of atelier.toml");
    }
}

/// All code of the server but that of settings.
fn read_all(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).expect("it can be read") {
        let path = entry.expect("it can be read").path();
        match path.is_dir() {
            true if path.ends_with("config") => {}
            true => read_all(&path, into),
            false if path.ends_with("config.rs") => {}
            false => into.push_str(&std::fs::read_to_string(path).expect("it is text")),
        }
    }
}

/// The manual and the example of an environment name exactly the names that are read.
#[test]
fn the_documents_name_every_short_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read =
        |path: &str| std::fs::read_to_string(root.join(path)).expect("it is in the repository");
    let names_of = |text: &str| {
        let mut names: Vec<String> = text
            .split(|it: char| !(it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_'))
            .filter(|it| it.contains('_') && it.len() > 6 && !it.starts_with("ATELIER_"))
            .map(str::to_owned)
            .collect();
        names.sort();
        names.dedup();
        names
    };
    let read_names = names_of(&read("crates/server/src/config/names.rs"));
    let example = names_of(&read(".env.example"));
    assert_eq!(example, read_names, ".env.example (left) against config/names.rs (right)");
    let manual = read("atelier.toml");
    for name in read_names.iter().filter(|it| !is_for_later(it)) {
        assert!(manual.contains(name.as_str()), "atelier.toml doesn't mention {name}");
    }
}

fn is_for_later(name: &str) -> bool {
    let names = ["FAL_AUTO_MODEL_SELECTION", "FAL_DEFAULT_MODE"];
    let parts = ["COMFYUI_", "ELEVEN_", "GPU_", "REPLICATE_"];
    names.contains(&name) || parts.iter().any(|it| name.starts_with(it))
}
