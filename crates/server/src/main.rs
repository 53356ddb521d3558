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
    /// All roles, with the real Telegram.
    Serve,
    /// Brings the database to this version.
    Migrate,
    /// Proves the chain from credits to delivered work; prints what is broken and fails then.
    Check,
    /// Says what is set, what is missing, and tries each connection.
    Doctor,
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
    /// Gives a user credits.
    Grant {
        /// The user's id (usr_…).
        user: String,
        credits: i64,
        /// What the user is told.
        reason: String,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let given = Given {
        folder: PathBuf::new(),
        file: arguments.config,
        environment: environment(),
        data: arguments.data,
        port: arguments.port,
        sandbox: arguments.command.is_none(),
    };
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
        Some(Command::Migrate) => commands::migrate(&config),
        Some(Command::Check) => commands::check(&config),
        Some(Command::Doctor) => commands::doctor::run(&config),
        Some(Command::Screens { file }) => commands::screens(&file),
        Some(Command::Attention { close }) => commands::attention(&config, close),
        Some(Command::Jobs { what }) => commands::jobs::run(&config, &what),
        Some(Command::Grant { user, credits, reason }) => {
            commands::grant(config, &user, credits, &reason)
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
