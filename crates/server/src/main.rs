//! `atelier`: every role and every command of the operator in one program.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use server::commands;
use server::config::{Config, Given, environment};

/// A self-hosted AI media studio that lives in Telegram. Without a command it starts everything,
/// with a made-up Telegram and made-up providers, and prints the address of a chat page.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// The folder for the database and the files.
    #[arg(long, global = true)]
    data: Option<PathBuf>,
    /// The port of the web server. The sandbox takes the next one.
    #[arg(long, global = true)]
    port: Option<u16>,
    /// The operator's settings, instead of ./atelier.toml.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Measures this machine with the program on it; changes nothing of yours.
    Bench {
        #[command(subcommand)]
        what: commands::bench::Bench,
    },
    /// All roles in one process, with the real Telegram.
    Serve,
    /// One process of several: what comes by HTTP (webhooks, the API, files). Needs PostgreSQL.
    Api,
    /// One process of several: takes updates, draws chats and sends. Needs PostgreSQL.
    Bot,
    /// One process of several: does jobs. Needs PostgreSQL. HTTP (/health, /metrics) with --port.
    Worker(commands::worker::Worker),
    /// Only the made-up world, on --port; prints the settings of those who are to live in it.
    Sandbox,
    /// Brings the database to this version.
    Migrate,
    /// Proves the chain from credits to delivered work; prints what is broken and fails then.
    Check,
    /// Says what is set, what is missing, and tries each connection.
    Doctor,
    /// Breaks something in the middle of the work of a demo of its own, and says which promises held.
    Drill(commands::drill::Drill),
    /// Writes a page with every screen in every language.
    Screens {
        /// Where to.
        #[arg(default_value = "screens.html")]
        file: PathBuf,
    },
    /// Lists what a person must look at, or closes one of them.
    Attention {
        /// Close this one: its kind and its subject, as they are listed.
        #[arg(long, num_args = 2, value_names = ["KIND", "SUBJECT"])]
        close: Option<Vec<String>>,
    },
    /// Lists jobs that could not be done, or tries them again.
    Jobs {
        #[command(subcommand)]
        what: commands::jobs::Jobs,
    },
    /// Makes keys for other programs, lists and takes them back.
    Keys {
        #[command(subcommand)]
        what: commands::keys::Keys,
    },
    /// Prints the chain of something in words: from its cause to what is left of it.
    Explain {
        /// An order, a payment, a user, a refund, a plan, a training or a gift (ord_…, pay_…,
        /// usr_…, ref_…, sub_…, trn_…, gft_…).
        id: String,
    },
    /// Lists payments, or credits one that fits no order.
    Payment {
        #[command(subcommand)]
        what: commands::payments::Payments,
    },
    /// Gives a payment back, or what isn't spent of it; or says how a refund ended.
    Refund(commands::payments::Refund),
    /// Makes promo codes, and lists them and the links by which people came.
    Promo {
        #[command(subcommand)]
        what: commands::promos::Promos,
    },
    /// Checks what is sold and for how much, or accepts prices that have jumped.
    Catalog {
        #[command(subcommand)]
        what: commands::catalog::CatalogWork,
    },
    /// Presets of photo edits: how their versions do, their shares, and back to an earlier one.
    Presets {
        #[command(subcommand)]
        what: commands::presets::Presets,
    },
    /// Voices of talking videos: those that are offered, and the provider's list read anew.
    Voices {
        #[command(subcommand)]
        what: commands::voices::Voices,
    },
    /// How customers like what was made for them, by model and preset.
    Ratings {
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=3650))]
        days: i64,
    },
    /// Looks at a graph of ComfyUI before it becomes a workflow.
    Workflow {
        #[command(subcommand)]
        what: commands::workflow::Workflows,
    },
    /// Gives a user credits.
    Grant(commands::credits::Hand),
    /// Takes credits from a user.
    Take(commands::credits::Hand),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let given = Given {
        folder: PathBuf::new(),
        file: arguments.config,
        environment: environment(),
        data: arguments.data,
        port: arguments.port,
        sandbox: matches!(arguments.command, None | Some(Command::Sandbox)),
    };
    let port = arguments.port;
    let config = match Config::load(&given) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let done = match arguments.command {
        Some(Command::Bench { what }) => commands::bench::run(&what),
        None | Some(Command::Serve) => commands::serve(config),
        Some(Command::Api) => commands::api(config),
        Some(Command::Bot) => commands::bot(config, port.is_some()),
        Some(Command::Worker(wish)) => commands::worker::run(config, wish, port.is_some()),
        Some(Command::Sandbox) => commands::sandbox(config, port),
        Some(Command::Migrate) => commands::migrate(&config),
        Some(Command::Check) => commands::check(&config),
        Some(Command::Doctor) => commands::doctor::run(&config),
        Some(Command::Drill(drill)) => commands::drill::run(&drill),
        Some(Command::Presets { what }) => commands::presets::run(config, what),
        Some(Command::Voices { what }) => commands::voices::run(config, &what),
        Some(Command::Ratings { days }) => commands::ratings::run(config, days),
        Some(Command::Workflow { what }) => commands::workflow::run(&what),
        Some(Command::Screens { file }) => commands::screens(&file),
        Some(Command::Attention { close }) => commands::attention(&config, close),
        Some(Command::Jobs { what }) => commands::jobs::run(&config, &what),
        Some(Command::Keys { what }) => commands::keys::run(config, what),
        Some(Command::Explain { id }) => commands::explain(config, id),
        Some(Command::Payment { what }) => commands::payments::run(config, what),
        Some(Command::Refund(wish)) => commands::payments::refund(config, wish),
        Some(Command::Promo { what }) => commands::promos::run(config, what),
        Some(Command::Catalog { what }) => commands::catalog::run(config, what),
        Some(Command::Grant(hand)) => commands::credits::grant(config, hand),
        Some(Command::Take(hand)) => commands::credits::take(config, hand),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
