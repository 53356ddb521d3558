//! One prompt from the first upload to the last file.

use std::pin::pin;
use std::time::Duration;

use tokio::select;
use tokio::time::sleep;

use super::asking::{Place, is_id};
use super::files;
use super::handing::{Handed, nothing_handed_in};
use super::progress::{Event, Way};
use super::socket::Socket;
use super::verdict::broke;
use super::{Comfy, ComfyError, Fate, Job, Limits, Outcome, Step, Trouble};
use crate::http::{Deadline, Http};

/// How long after the last word it is asked.
const SILENCE: Duration = Duration::from_millis(1_500);
/// The same, when it must be about to end, or to stop.
const SOON: Duration = Duration::from_millis(250);
/// How long after the last word, or attempt, a websocket is opened anew. One may be dead without
/// a sign, or somebody else's of the same name gets our events.
const REOPEN: Duration = Duration::from_secs(30);
/// The same for one that was closed.
const REOPEN_LOST: Duration = Duration::from_secs(5);
/// How often it has to be neither in the queue nor in the history.
const MISSES_MAX: u32 = 3;
/// How long we try to withdraw what is given up anyway.
const WITHDRAW_MAX: Duration = Duration::from_secs(10);
/// How often a server may be unreachable while we withdraw.
const ABSENCES_MAX: u32 = 3;

pub(super) async fn run(
    comfy: &Comfy,
    http: &Http,
    job: &Job,
    limits: Limits,
    seen: &mut (dyn FnMut(Step) + Send),
    stop: impl Future,
) -> Outcome {
    if !is_id(&job.prompt_id) {
        let reason = "the prompt's id is none".to_owned();
        return Outcome::Failed { fault: Trouble::Node, reason };
    }
    let run = Run { comfy, http, job, limits };
    let deadline = Deadline::after(limits.time);
    let mut stop = pin!(stop);
    let ready = select! {
        biased;
        _ = &mut stop => Err(End::Told),
        () = deadline.over() => Err(End::Late),
        it = run.ready() => it,
    };
    let end = match ready {
        Err(end) => end,
        Ok(ready) => {
            // What is known already may have ended long ago.
            let first = if ready.graph.is_some() { SILENCE } else { Duration::ZERO };
            // Not to be left halfway: it may have been taken.
            let handed = match ready.graph {
                Some(graph) => comfy.submit(http, job, graph).await,
                None => Handed::Taken,
            };
            match handed {
                Handed::Not(outcome) => End::Came(outcome),
                Handed::InPart(outcome) => End::Useless(outcome),
                Handed::Taken => select! {
                    biased;
                    _ = &mut stop => End::Told,
                    () = deadline.over() => End::Late,
                    end = Watch::new(run, ready.socket, first, seen).end() => end,
                },
            }
        }
    };
    run.close(end).await
}

/// What ends a run, before anything is withdrawn.
enum End {
    Came(Outcome),
    /// It came to this, though a part of it may still be running.
    Useless(Outcome),
    Told,
    Late,
    Hung,
}

/// What is needed to hand in, and to hear of it.
struct Ready {
    /// Nothing where the server has the prompt already.
    graph: Option<serde_json::Value>,
    socket: Option<Socket>,
}

/// What came of withdrawing.
enum Withdrawn {
    Gone,
    Stuck,
    Away(String),
}

#[derive(Clone, Copy)]
struct Run<'a> {
    comfy: &'a Comfy,
    http: &'a Http,
    job: &'a Job,
    limits: Limits,
}

impl Run<'_> {
    async fn ready(&self) -> Result<Ready, End> {
        let has = self.comfy.has(self.http, &self.job.prompt_id).await;
        let graph = match has.map_err(|it| End::Came(nothing_handed_in(it)))? {
            true => None,
            false => Some(self.comfy.prepare(self.http, self.job).await.map_err(End::Came)?),
        };
        // Before it is handed in, or the first words are missed.
        let socket = Socket::open(self.comfy, self.http, self.job).await;
        Ok(Ready { graph, socket })
    }

    async fn close(&self, end: End) -> Outcome {
        match end {
            End::Came(outcome) => outcome,
            End::Useless(outcome) => {
                self.withdraw(WITHDRAW_MAX).await;
                outcome
            }
            // Nodes look up between their steps, each of which may take long.
            End::Told => match self.withdraw(self.limits.silence).await {
                Withdrawn::Gone => Outcome::Stopped,
                Withdrawn::Stuck => Outcome::Hung,
                Withdrawn::Away(reason) => Outcome::Away { reason, fate: Fate::Unknown },
            },
            End::Late => {
                self.withdraw(WITHDRAW_MAX).await;
                Outcome::TooLong
            }
            End::Hung => {
                self.withdraw(WITHDRAW_MAX).await;
                Outcome::Hung
            }
        }
    }

    /// Takes ours from the queue, or interrupts it, until it is in the queue no more. Nobody
    /// else's is touched: what runs is looked at before each interrupt.
    async fn withdraw(&self, patience: Duration) -> Withdrawn {
        let deadline = Deadline::after(patience);
        let id = &self.job.prompt_id;
        let mut absences = 0;
        let mut pause = SOON;
        loop {
            let asked = match self.comfy.place(self.http, id).await {
                Ok(Place::Nowhere) => return Withdrawn::Gone,
                Ok(Place::Waiting { .. }) => self.comfy.unqueue(self.http, id).await,
                Ok(Place::Running) => self.comfy.interrupt(self.http, id).await,
                Err(error) => Err(error),
            };
            match asked {
                Ok(()) => absences = 0,
                Err(error) if absences == ABSENCES_MAX => return Withdrawn::Away(error.reason()),
                Err(_) => absences += 1,
            }
            if deadline.is_over() {
                return Withdrawn::Stuck;
            }
            sleep(pause).await;
            pause = (2 * pause).min(SILENCE);
        }
    }
}

/// A prompt that was handed in.
struct Watch<'a> {
    run: Run<'a>,
    seen: &'a mut (dyn FnMut(Step) + Send),
    socket: Option<Socket>,
    way: Way,
    place: Option<Place>,
    told: Step,
    /// When it is asked.
    ask: Deadline,
    reopen: Deadline,
    silence: Deadline,
    /// Since when it can't be reached, and until when it may be so.
    away: Option<Deadline>,
    misses: u32,
    is_ending: bool,
}

impl<'a> Watch<'a> {
    fn new(
        run: Run<'a>,
        socket: Option<Socket>,
        first: Duration,
        seen: &'a mut (dyn FnMut(Step) + Send),
    ) -> Self {
        Self {
            way: Way::through(&run.job.graph),
            place: None,
            told: Step::default(),
            ask: Deadline::after(first),
            reopen: Deadline::after(REOPEN),
            silence: Deadline::after(run.limits.silence),
            away: None,
            misses: 0,
            is_ending: false,
            run,
            seen,
            socket,
        }
    }

    async fn end(mut self) -> End {
        loop {
            let said = select! {
                biased;
                // First, or others' chatter could keep us from asking.
                () = self.ask.over() => None,
                it = next(&mut self.socket, &self.run.job.prompt_id) => Some(it),
            };
            let end = match said {
                Some(Some(event)) => self.hear(event),
                Some(None) => {
                    self.socket = None;
                    self.reopen = Deadline::after(REOPEN_LOST);
                    self.ask = Deadline::after(Duration::ZERO);
                    None
                }
                None => self.look().await,
            };
            if let Some(end) = end {
                return end;
            }
        }
    }

    fn hear(&mut self, event: Event) -> Option<End> {
        self.silence = Deadline::after(self.run.limits.silence);
        self.reopen = Deadline::after(REOPEN);
        self.way.hear(&event);
        match event {
            Event::Failed(error) => {
                let (fault, reason) = broke(self.run.job, &error);
                return Some(End::Came(Outcome::Failed { fault, reason }));
            }
            Event::Interrupted => return Some(End::Came(files::interrupted())),
            // The history is written between these two.
            Event::Succeeded => self.is_ending = true,
            Event::Over => {
                self.is_ending = true;
                self.ask = Deadline::after(Duration::ZERO);
                return None;
            }
            Event::Cached(_)
            | Event::Running(_)
            | Event::State(_)
            | Event::Steps(_)
            | Event::Executed(_)
            | Event::Other => self.place = Some(Place::Running),
        }
        self.ask = Deadline::after(self.pause());
        self.tell();
        None
    }

    /// Asks where it is: the queue first, then what has ended.
    async fn look(&mut self) -> Option<End> {
        let Run { comfy, http, job, limits } = self.run;
        let found = match comfy.place(http, &job.prompt_id).await {
            Ok(place) => {
                self.find(place);
                match place {
                    Place::Nowhere => comfy.history(http, &job.prompt_id).await,
                    Place::Running | Place::Waiting { .. } => Ok(None),
                }
            }
            Err(error) => Err(error),
        };
        self.ask = Deadline::after(self.pause());
        match found {
            Err(error) => return self.miss(error),
            Ok(Some(entry)) => {
                return Some(End::Came(files::end(comfy, http, job, &limits, &entry).await));
            }
            Ok(None) => self.away = None,
        }
        if self.place == Some(Place::Nowhere) && MISSES_MAX <= self.misses {
            return Some(End::Came(Outcome::Lost));
        }
        if self.place == Some(Place::Running) && self.silence.is_over() {
            return Some(End::Hung);
        }
        self.tell();
        if self.reopen.is_over() {
            self.reopen = Deadline::after(REOPEN);
            self.socket = Socket::open(comfy, http, job).await.or(self.socket.take());
        }
        None
    }

    fn find(&mut self, place: Place) {
        self.misses = if place == Place::Nowhere { self.misses + 1 } else { 0 };
        // To wait behind others is not to hang, and to begin is news.
        if self.place.replace(place) != Some(Place::Running) {
            self.silence = Deadline::after(self.run.limits.silence);
        }
    }

    /// It can't be asked: perhaps it is being restarted.
    fn miss(&mut self, error: ComfyError) -> Option<End> {
        self.silence = Deadline::after(self.run.limits.silence);
        let away = *self.away.get_or_insert_with(|| Deadline::after(self.run.limits.away));
        let reason = error.reason();
        away.is_over().then_some(End::Came(Outcome::Away { reason, fate: Fate::Unknown }))
    }

    fn pause(&self) -> Duration {
        if self.is_ending { SOON } else { SILENCE }
    }

    fn tell(&mut self) {
        let place = match self.place {
            Some(Place::Waiting { before }) => Some(before),
            Some(Place::Running | Place::Nowhere) | None => None,
        };
        let step = Step { place, ..self.way.step() };
        if step != self.told {
            self.told = step;
            (self.seen)(step);
        }
    }
}

/// What is said next; without a websocket, nothing ever.
async fn next(socket: &mut Option<Socket>, prompt_id: &str) -> Option<Event> {
    match socket {
        Some(socket) => socket.next(prompt_id).await,
        None => std::future::pending().await,
    }
}
