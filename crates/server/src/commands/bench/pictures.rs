//! `atelier bench pictures`: from the press to the provider, what a picture costs us beside it, a
//! crowd, and the pages of a large gallery.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{AvatarId, AvatarState, BotId, Kind, Millis, ObjectId, Subject};
use futures::future::try_join_all;
use secrecy::SecretString;
use store::avatars::{self, Model, NewAvatar};
use store::objects::{self, NewObject};
use store::{Db, Tx, uploads, users};
use tokio::net::TcpListener;
use tokio::process::Command;

use super::gallery;
use super::load::{FIRST_CHAT, Load};
use super::maker::Maker;
use super::peer::Peer;
use super::wire::Wire;
use super::{Platform, TOKEN, cpu_of, memory_of};
use crate::bot::Bot;
use crate::clock::{Clock, Ids, SystemClock};
use crate::failure::Failure;

/// How the button begins that orders.
const MAKE: &str = "setup:{\"Make\":";
/// As long as pictures take where they are made quickly.
const WORK_LASTS: Duration = Duration::from_secs(4);
/// Nothing that is measured takes as long.
const PATIENCE: Duration = Duration::from_secs(600);
/// What comes after the pictures themselves: the menus below them.
const LAST_MENUS: Duration = Duration::from_secs(1);

/// What is to be measured.
#[derive(Clone, Debug)]
pub struct Plan {
    pub postgres: Option<String>,
    pub people: i64,
    pub each: u32,
    pub presses: u32,
    pub runs: u32,
    pub gallery: u32,
}

pub async fn run(folder: &Path, plan: &Plan) -> std::io::Result<()> {
    let file = folder.join("state/atelier.db");
    measure("SQLite", folder, &format!("sqlite:{}", file.display()), plan).await?;
    if let Some(address) = &plan.postgres {
        let folder = folder.join("postgres");
        std::fs::create_dir(&folder)?;
        measure("PostgreSQL", &folder, address, plan).await?;
    }
    Ok(())
}

async fn measure(name: &str, folder: &Path, address: &str, plan: &Plan) -> std::io::Result<()> {
    let db = open(folder, address).await?;
    println!("{name}");
    let mut floor = Floor::open(folder, address, plan.people).await?;
    floor.give_avatars(&db, plan.people).await.map_err(std::io::Error::other)?;
    floor.peer.remember(true);
    floor.learn_price().await?;
    println!(
        "{:<44} {:>8} {:>9} {:>9} {:>9} {:>9}",
        "", "presses", "least ms", "p50", "p99", "RSS MB"
    );
    for people in [1, 16] {
        let times = plan.presses / people;
        let mut took = floor.press(i64::from(people), times).await?;
        took.sort_unstable();
        let rss = floor.platform.memory("VmRSS")?;
        let name = format!("from the press to the submit, {people} at once");
        println!("{} {rss:>9.1}", delays(&name, &took));
    }
    floor.maker.set_lasts(WORK_LASTS);
    floor.costs(folder, plan).await?;
    floor.crowd(plan).await?;
    // What follows needs no platform, and nobody to compete with.
    drop(floor);
    if 0 < plan.gallery {
        gallery::measure(&db, plan.gallery).await?;
    }
    println!();
    Ok(())
}

/// Opens the database, which must be new: this fills it with made-up people.
async fn open(folder: &Path, address: &str) -> std::io::Result<Db> {
    std::fs::create_dir_all(folder.join("state"))?;
    let db = Db::open(address).map_err(std::io::Error::other)?;
    db.migrate().map_err(std::io::Error::other)?;
    let bot = bot();
    let known = db.read(move |tx| store::bots::get(tx, &bot)).await;
    match known.map_err(std::io::Error::other)? {
        None => Ok(db),
        Some(_) => Err(std::io::Error::other("this database has been measured: give an empty one")),
    }
}

pub fn bot() -> BotId {
    Bot::id_of(&SecretString::from(TOKEN)).expect("the token is well made")
}

/// A line's name, and how long things took of which the shortest comes first.
pub fn delays(name: &str, sorted: &[Duration]) -> String {
    let at = |percent: usize| {
        let at = sorted.len().saturating_sub(1) * percent / 100;
        sorted.get(at).map_or(0.0, |it| it.as_secs_f64() * 1_000.0)
    };
    let count = sorted.len();
    format!("{name:<44} {count:>8} {:>9.2} {:>9.2} {:>9.2}", at(0), at(50), at(99))
}

/// The platform, and everybody around it.
struct Floor {
    platform: Platform,
    peer: Arc<Peer>,
    maker: Arc<Maker>,
    load: Load,
    /// Of one picture.
    price: u32,
}

impl Floor {
    async fn open(folder: &Path, address: &str, people: i64) -> std::io::Result<Self> {
        let (telegram, here) = listen().await?;
        let peer = Arc::new(Peer::default());
        crate::app::spawn(peer.clone().serve(telegram));
        let (listener, origin) = listen().await?;
        let maker = Arc::new(Maker::new(origin.clone(), peer.traffic.clone()));
        crate::app::spawn(maker.clone().serve(listener));
        let platform = Platform::serve(
            folder,
            &here,
            &[
                ("ATELIER__STORE__ADDRESS", address),
                ("ATELIER__PROVIDERS__FAL__KEY", "bench:nobody-but-the-bench-has-it"),
                ("ATELIER__PROVIDERS__FAL__TEST_MODE", "false"),
                ("ATELIER__PROVIDERS__FAL__QUEUE_URL", &origin),
                ("ATELIER__PROVIDERS__FAL__REST_URL", &origin),
                ("ATELIER__CREDITS__WELCOME", "1000000"),
                ("ATELIER__PICTURES__OPEN_PER_USER", "1000"),
            ],
        )?;
        let load = Load::new(peer.clone(), peer.webhook().await, people);
        load.introduce().await?;
        Ok(Self { platform, peer, maker, load, price: 0 })
    }

    /// Gives everybody an avatar whose model the provider has.
    async fn give_avatars(&self, db: &Db, people: i64) -> Result<(), Failure> {
        let (ids, now) = (Ids::random(), SystemClock.now());
        let url = format!("{}/files/likeness.safetensors", self.maker.origin);
        db.write(move |tx| {
            for chat in FIRST_CHAT..FIRST_CHAT + people {
                give_avatar(tx, &ids, chat, &url, now)?;
            }
            Ok(())
        })
        .await
    }

    /// Walks a chat to the last button of an order, and gives the press of it.
    async fn prepare(&self, wire: &mut Wire, chat: i64, count: u32) -> std::io::Result<String> {
        self.load.post(wire, &self.load.message(chat, "/pictures")).await?;
        self.load.post(wire, &self.load.message(chat, &words(chat))).await?;
        if 1 < count {
            let more = self.load.press(chat, &format!("setup:{{\"Count\":{count}}}"));
            self.load.post(wire, &more).await?;
        }
        // Menus of before may still be drawn: the button names the price, by which it is known.
        let make = format!("{MAKE}{}}}", self.price * count);
        Ok(self.load.press(chat, &self.load.drawn(chat, &make).await))
    }

    /// Reads what one picture costs from the button that orders it.
    async fn learn_price(&mut self) -> std::io::Result<()> {
        let mut wire = self.load.connect().await?;
        self.load.post(&mut wire, &self.load.message(FIRST_CHAT, "/pictures")).await?;
        self.load.post(&mut wire, &self.load.message(FIRST_CHAT, &words(FIRST_CHAT))).await?;
        let make = self.load.drawn(FIRST_CHAT, MAKE).await;
        let price = make.trim_start_matches(MAKE).trim_end_matches('}').parse();
        self.price = price.map_err(std::io::Error::other)?;
        Ok(())
    }

    /// So many people press at once, so many times; how long each submit took to arrive.
    async fn press(&self, people: i64, times: u32) -> std::io::Result<Vec<Duration>> {
        let mut took = Vec::new();
        let chats = FIRST_CHAT..FIRST_CHAT + people;
        let mut wires = try_join_all(chats.clone().map(|_| self.load.connect())).await?;
        for _ in 0..times {
            let expected = self.peer.pictures() + people as u64;
            let ready = chats.clone().zip(&mut wires).map(|(chat, wire)| async move {
                let press = self.prepare(wire, chat, 1).await?;
                Ok::<_, std::io::Error>((chat, wire, press))
            });
            let ready = try_join_all(ready).await?;
            let pressed = ready.into_iter().map(|(chat, wire, press)| async move {
                let begun = Instant::now();
                self.load.post(wire, &press).await?;
                Ok::<_, std::io::Error>((chat, begun))
            });
            let pressed = try_join_all(pressed).await?;
            self.until(expected).await?;
            for (chat, begun) in pressed {
                let taken = self.maker.taken(&words(chat)).unwrap_or(begun);
                took.push(taken.duration_since(begun));
            }
        }
        Ok(took)
    }

    /// Everybody orders so many times so many pictures; waits until they have got them.
    async fn order(&self, people: i64, orders: u32, count: u32) -> std::io::Result<Spent> {
        let pictures = people as u64 * u64::from(orders * count);
        let expected = self.peer.pictures() + pictures;
        self.platform.forget_peak()?;
        let (begun, cpu, bytes) = (Instant::now(), self.platform.cpu()?, self.peer.traffic.bytes());
        let all = (FIRST_CHAT..FIRST_CHAT + people).map(|chat| async move {
            let mut wire = self.load.connect().await?;
            for _ in 0..orders {
                let press = self.prepare(&mut wire, chat, count).await?;
                self.load.post(&mut wire, &press).await?;
            }
            Ok::<_, std::io::Error>(())
        });
        try_join_all(all).await?;
        self.until(expected).await?;
        let took = begun.elapsed();
        tokio::time::sleep(LAST_MENUS).await;
        Ok(Spent {
            pictures,
            took,
            cpu: self.platform.cpu()? - cpu,
            bytes: self.peer.traffic.bytes() - bytes,
            peak: self.platform.memory("VmHWM")?,
        })
    }

    async fn until(&self, pictures: u64) -> std::io::Result<()> {
        let mut looks = tokio::time::interval(Duration::from_millis(5));
        let seen = async {
            while self.peer.pictures() < pictures {
                looks.tick().await;
            }
        };
        let late = |_| std::io::Error::other("pictures that were ordered did not come");
        tokio::time::timeout(PATIENCE, seen).await.map_err(late)
    }

    /// What a picture costs, ordered alone and by fours, beside a program that only fetches and
    /// keeps it. They are measured in turn, so that whatever else the machine does hits all.
    async fn costs(&self, folder: &Path, plan: &Plan) -> std::io::Result<()> {
        let (mut bare, mut alone, mut by_four) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..plan.runs {
            let pictures = plan.people as u64 * 4;
            bare.push(self.bare(&folder.join("bare"), pictures).await?);
            alone.push(self.order(plan.people, 4, 1).await?);
            by_four.push(self.order(plan.people, 1, 4).await?);
        }
        let size = self.maker.picture.len() as f64;
        println!(
            "{:<44} {:>8} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
            format!("a picture of 1024x1024, {:.0} KB, each", size / 1_000.0),
            "pictures",
            "CPU least",
            "median ms",
            "x bare",
            "KB moved",
            "x size",
            "peak MB"
        );
        let least = Spent::cpu_each(&bare).0;
        let rows = [
            ("fetched and kept (bare)", &bare),
            ("ordered one at a time", &alone),
            ("ordered by fours", &by_four),
        ];
        for (name, runs) in rows {
            let (cpu, median) = Spent::cpu_each(runs);
            let pictures: u64 = runs.iter().map(|it| it.pictures).sum();
            let moved = runs.iter().map(|it| it.bytes).sum::<u64>() as f64 / pictures as f64;
            let peak = runs.iter().map(|it| it.peak).fold(0.0, f64::max);
            println!(
                "{name:<44} {pictures:>8} {cpu:>9.2} {median:>9.2} {:>9.1} {:>9.0} {:>9.2} {peak:>9.1}",
                cpu / least,
                moved / 1_000.0,
                moved / size
            );
        }
        Ok(())
    }

    /// A process that does nothing but fetch the picture and write it to a file.
    async fn bare(&self, folder: &Path, pictures: u64) -> std::io::Result<Spent> {
        let url = format!("{}/files/bare.jpg", self.maker.origin);
        std::fs::create_dir_all(folder)?;
        let (begun, bytes) = (Instant::now(), self.peer.traffic.bytes());
        let mut command = Command::new(std::env::current_exe()?);
        command.current_dir(folder).env_clear().stdin(Stdio::null()).kill_on_drop(true);
        command.args(["bench", "bare", &url, &pictures.to_string()]);
        let output = command.output().await?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut numbers = said.split_whitespace().filter_map(|it| it.parse::<f64>().ok());
        let (Some(cpu), Some(peak)) = (numbers.next(), numbers.next()) else {
            return Err(std::io::Error::other(format!("the bare program failed: {said}")));
        };
        let cpu = Duration::from_secs_f64(cpu);
        let bytes = self.peer.traffic.bytes() - bytes;
        Ok(Spent { pictures, took: begun.elapsed(), cpu, bytes, peak })
    }

    /// Everybody orders by fours without waiting for what they ordered before.
    async fn crowd(&self, plan: &Plan) -> std::io::Result<()> {
        let rss = self.platform.memory("VmRSS")?;
        let it = self.order(plan.people, plan.each / 4, 4).await?;
        println!(
            "{} people x {} pictures: {:.1} s, {:.1} a second, CPU {:.2} ms each, RSS {rss:.1} MB \
             before, {:.1} MB at its peak",
            plan.people,
            plan.each,
            it.took.as_secs_f64(),
            it.pictures as f64 / it.took.as_secs_f64(),
            it.cpu.as_secs_f64() * 1_000.0 / it.pictures as f64,
            it.peak,
        );
        Ok(())
    }
}

/// What some pictures took.
struct Spent {
    pictures: u64,
    took: Duration,
    cpu: Duration,
    bytes: u64,
    /// Megabytes.
    peak: f64,
}

impl Spent {
    /// The least and the median of several runs, in milliseconds a picture.
    fn cpu_each(runs: &[Self]) -> (f64, f64) {
        let each = |it: &Self| it.cpu.as_secs_f64() * 1_000.0 / it.pictures as f64;
        let mut all: Vec<f64> = runs.iter().map(each).collect();
        all.sort_by(f64::total_cmp);
        (
            all.first().copied().unwrap_or_default(),
            all.get(all.len() / 2).copied().unwrap_or_default(),
        )
    }
}

async fn listen() -> std::io::Result<(TcpListener, String)> {
    let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    Ok((listener, origin))
}

/// By which an order is known again at the provider.
fn words(chat: i64) -> String {
    format!("in the garden of {chat}")
}

fn give_avatar(tx: &mut Tx, ids: &Ids, chat: i64, url: &str, now: Millis) -> Result<(), Failure> {
    let lost = || Failure::Ours(format!("{chat} was introduced and isn't known"));
    let user = users::by_telegram(tx, &bot(), chat)?.ok_or_else(lost)?;
    let (avatar, object) = (AvatarId::new(ids.next(now)), ObjectId::new(ids.next(now)));
    let new = NewAvatar {
        id: &avatar,
        user: &user.id,
        bot: &user.bot,
        kind: Kind::Portrait,
        subject: Subject::Woman,
        name: "Anna",
        trigger_word: &format!("anna{chat}"),
        state: AvatarState::Training,
    };
    avatars::insert(tx, &new, now)?;
    let model = NewObject {
        id: &object,
        key: &format!("bench/{chat}.safetensors"),
        bytes: 1,
        sha256: "",
        kind: "model",
        content_type: "application/octet-stream",
        user: Some(&user.id),
        avatar: Some(&avatar),
        delete_after: None,
    };
    objects::insert(tx, &model, now)?;
    uploads::put(tx, &object, "fal", url, now.plus(Millis::DAY))?;
    let model = Model { object: Some(&object), ..Model::default() };
    avatars::complete(tx, &avatar, &model, now)?;
    Ok(())
}

/// The bare program: says the CPU seconds that it took, and its peak in megabytes.
pub async fn bare(url: &str, pictures: u64) -> std::io::Result<()> {
    use sandbox::{Loopback, Outlet};
    let road = Loopback::new().map_err(std::io::Error::other)?;
    let begun = cpu_of("self")?;
    for number in 0..pictures {
        let file = road.get(url, 40 << 20).await.map_err(std::io::Error::other)?;
        tokio::fs::write(format!("{number}.jpg"), file).await?;
    }
    let cpu = (cpu_of("self")? - begun).as_secs_f64();
    println!("{cpu} {}", memory_of("self", "VmHWM")?);
    Ok(())
}
