//! The drill of a line that can be cut: a worker elsewhere loses its studio, and finds it again.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::gpus::slow;
use super::person::Person;
use super::stage::{Remote, Stage};
use super::{Halt, Promises};
use crate::app::spawn;

/// Between somebody and whom they call.
pub struct Line {
    pub address: String,
    is_cut: watch::Sender<bool>,
}

impl Line {
    /// Lays it, to an address.
    pub async fn lay(to: &str) -> Result<Self, Halt> {
        let to: Arc<str> = to.trim_start_matches("http://").into();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let (is_cut, cut) = watch::channel(false);
        spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                spawn(carry(stream, to.clone(), cut.clone()));
            }
        });
        Ok(Self { address, is_cut })
    }

    /// Connections break, and new ones too.
    pub fn cut(&self) {
        self.is_cut.send_replace(true);
    }

    pub fn mend(&self) {
        self.is_cut.send_replace(false);
    }
}

/// Carries one connection until either side ends it, or the line is cut.
async fn carry(mut here: TcpStream, to: Arc<str>, mut cut: watch::Receiver<bool>) {
    if *cut.borrow_and_update() {
        return;
    }
    let Ok(mut there) = TcpStream::connect(&*to).await else { return };
    tokio::select! {
        // Whoever breaks it notices for itself.
        _ = copy_bidirectional(&mut here, &mut there) => {}
        _ = cut.changed() => {}
    }
}

pub async fn partition(promises: &mut Promises, folder: &Path) -> Result<(), Halt> {
    println!("a worker elsewhere loses its studio for longer than its lease");
    let stage = Stage::open(folder, &[]).await?;
    let _studio = stage.serve().await?;
    let (far, near) = (stage.token("far").await?, stage.token("near").await?);
    let line = Line::lay(&stage.studio).await?;
    let afar = Remote { name: "far", token: &far, server: &line.address, restart: None };
    let _far = stage.remote(&afar).await?;
    stage.until_ready("far").await?;
    let anna = Person::join(&stage, "Anna").await?;
    slow(&stage, "far").await?;
    anna.order().await?;
    stage.until_at_work("far").await?;
    let ticket = stage.ticket("far").await?;
    line.cut();
    let server = &stage.studio;
    let other = Remote { name: "near", token: &near, server, restart: None };
    let other = stage.remote(&other).await?;
    anna.receive(1).await?;
    let by_other = stage.runs("near").await?;
    promises.see(by_other == 1, format!("another worker took over ({by_other} run)"));
    line.mend();
    let is_refused = stage.refuses(&far, &ticket).await?;
    promises.see(is_refused, "what the first one brings late is refused");
    // Who was away is a worker like any other again.
    other.end().await?;
    let boris = Person::join(&stage, "Boris").await?;
    let before = stage.runs("far").await?;
    boris.order().await?;
    promises.see_orders(&stage, &[&anna, &boris], 1).await?;
    let after = stage.runs("far").await? - before;
    promises.see(after == 1, format!("the first one does the next order ({after} run)"));
    Ok(())
}
