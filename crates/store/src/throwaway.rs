//! A PostgreSQL server that lives as long as a program, made of the installed binaries.
//!
//! For tests, benches and drills alone (feature `throwaway`). To tests `TEST_POSTGRES_URL` names a
//! server to be used instead; where there is neither, there is none, and a line says so.

use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

use postgres::NoTls;

/// Whether what is committed must survive a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// Nothing is waited for: tests.
    Fast,
    /// As in production: benches.
    Safe,
}

/// A server, ours or one that was there. Ours ends when this is dropped, and when the program
/// ends in whatever way.
pub struct Server {
    /// An address up to the name of the database, and what follows the name.
    address: (String, String),
    own: Option<Own>,
}

struct Own {
    keeper: Option<Child>,
    binaries: PathBuf,
    folder: PathBuf,
    user: Option<(u32, u32)>,
    disk: Disk,
}

/// The server that all tests of this program share.
#[expect(clippy::disallowed_methods, reason = "a test has no settings but its environment")]
pub fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let server = SERVER.get_or_init(|| match std::env::var("TEST_POSTGRES_URL") {
        Ok(url) => Some(Server::at(&url)),
        Err(_) => {
            let server = Server::start(Disk::Fast);
            if server.is_none() {
                println!("no PostgreSQL is installed: its half of the tests is left out");
            }
            server
        }
    });
    server.as_ref()
}

/// Runs the server until a line or the end of its input comes, whatever becomes of us, and then
/// tidies up. `$1` is the folder, the rest is the command.
const KEEPER: &str = r#"
folder=$1; shift
"$@" >"$folder/log" 2>&1 </dev/null & server=$!
read -r word
kill -QUIT $server; wait $server
[ "$word" = keep ] || rm -rf "$folder"
"#;

impl Server {
    /// Starts one of our own. `None` where PostgreSQL is not installed.
    pub fn start(disk: Disk) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let binaries = binaries()?;
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("pg-{}-{number}", std::process::id()));
        let mut own = Own { keeper: None, binaries, folder, user: unprivileged(), disk };
        own.initialize();
        own.run();
        let host = own.folder.display().to_string().replace('/', "%2F");
        let server =
            Self { address: (format!("postgres://app@{host}/"), String::new()), own: Some(own) };
        server.wait_until_ready();
        Some(server)
    }

    /// One that runs already.
    pub fn at(url: &str) -> Self {
        let (url, query) = url.split_once('?').map_or((url, None), |(it, query)| (it, Some(query)));
        let scheme = url.find("://").map_or(0, |it| it + 3);
        let host = url[scheme..].find('/').map_or(url, |it| &url[..scheme + it]);
        let query = query.map(|it| format!("?{it}")).unwrap_or_default();
        Self { address: (format!("{host}/"), query), own: None }
    }

    /// Makes an empty database and gives its address.
    pub fn database(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        let mut client = postgres::Client::connect(&self.address_of("postgres"), NoTls)
            .expect("the server answers");
        client
            .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .and_then(|()| client.batch_execute(&format!("CREATE DATABASE {name}")))
            .expect("a database can be made");
        self.address_of(&name)
    }

    /// Stops the server as a crash would. [`Server::resume`] starts it again.
    pub fn crash(&mut self) {
        if let Some(keeper) = self.own.as_mut().and_then(|it| it.keeper.take()) {
            end(keeper, "keep\n");
        }
    }

    /// Starts a stopped server on the same data.
    pub fn resume(&mut self) {
        if let Some(own) = self.own.as_mut() {
            own.run();
        }
        self.wait_until_ready();
    }

    fn address_of(&self, database: &str) -> String {
        format!("{}{database}{}", self.address.0, self.address.1)
    }

    fn wait_until_ready(&self) {
        for _ in 0..600 {
            if postgres::Client::connect(&self.address_of("postgres"), NoTls).is_ok() {
                return;
            }
            sleep(Duration::from_millis(25));
        }
        let log = self.own.as_ref().map(|it| std::fs::read_to_string(it.folder.join("log")));
        panic!("PostgreSQL did not start: {log:?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(keeper) = self.own.as_mut().and_then(|it| it.keeper.take()) {
            end(keeper, "");
        }
    }
}

impl Own {
    fn initialize(&self) {
        // Something may be left of a program that had our number before.
        drop(std::fs::remove_dir_all(&self.folder));
        std::fs::create_dir_all(&self.folder).expect("a folder for the server can be made");
        if let Some((uid, gid)) = self.user {
            std::os::unix::fs::chown(&self.folder, Some(uid), Some(gid))
                .expect("the folder can be given away");
        }
        let made = self
            .command("initdb")
            .args(["-U", "app", "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8", "-D"])
            .arg(self.folder.join("data"))
            .stdin(Stdio::null())
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    }

    fn run(&mut self) {
        let mut keeper = self.command("/bin/sh");
        keeper.args(["-c", KEEPER, "keeper"]).arg(&self.folder).arg(self.binaries.join("postgres"));
        keeper.arg("-D").arg(self.folder.join("data")).arg("-k").arg(&self.folder);
        keeper.args(["-c", "listen_addresses=", "-c", "max_connections=400"]);
        if self.disk == Disk::Fast {
            keeper.args(["-c", "fsync=off", "-c", "synchronous_commit=off"]);
            keeper.args(["-c", "full_page_writes=off", "-c", "autovacuum=off"]);
        }
        keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self.keeper = Some(keeper.spawn().expect("a shell can be started"));
    }

    /// A program of the server, or another by its whole path, as somebody who isn't root.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.binaries.join(program));
        command.current_dir(&self.folder);
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command
    }
}

fn end(mut keeper: Child, word: &str) {
    if let Some(mut input) = keeper.stdin.take() {
        // It may be gone, and then there is nothing to end.
        drop(input.write_all(word.as_bytes()));
    }
    drop(keeper.wait());
}

/// The folder of the newest installed server.
#[expect(clippy::disallowed_methods, reason = "where programs are is not a setting of ours")]
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<_> = versions
        .filter_map(|it| Some((it.file_name().to_str()?.parse::<u32>().ok()?, it.path())))
        .collect();
    folders.sort();
    let installed = folders.into_iter().rev().map(|(_, it)| it.join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    installed
        .chain(std::env::split_paths(&path))
        .find(|it| it.join("initdb").is_file() && it.join("postgres").is_file())
}

/// PostgreSQL refuses to be root: whom it runs as if we are.
fn unprivileged() -> Option<(u32, u32)> {
    let ours = std::fs::metadata("/proc/self").map(|it| it.uid()).unwrap_or(1);
    if ours != 0 {
        return None;
    }
    let users = std::fs::read_to_string(Path::new("/etc/passwd")).unwrap_or_default();
    let of = |name: &str| {
        let line = users.lines().find(|it| it.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    of("postgres").or_else(|| of("nobody"))
}
