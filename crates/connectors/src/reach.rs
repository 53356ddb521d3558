//! How far a request may go.
//!
//! Addresses come from providers' answers, so any of them may be hostile. They are judged twice: as
//! text, where an address may be spelled as a number, and again when a name is turned into
//! addresses, so that a name whose address changes between two looks gains nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Origin, Url};

/// Where requests may go.
#[derive(Clone, Debug)]
pub enum Reach {
    /// The sandbox: nothing leaves this machine, not even the question for a name.
    Loopback,
    /// The public network, and the origins that the operator has configured, which may be inside.
    Public { trusted: Vec<Origin> },
}

/// Why an address is not reached. Nothing was sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Barred {
    #[error("only http and https are spoken")]
    Scheme,
    #[error("it carries a user name or a password")]
    UserInfo,
    #[error("it names no host")]
    NoHost,
    #[error("it is not on this machine, and nothing leaves it")]
    NotLoopback,
    #[error("it leads into an internal network")]
    Internal,
    #[error("its host is trusted under another scheme or port")]
    OtherOrigin,
    #[error("it gives up the encryption that the request began with")]
    Unencrypted,
}

impl Reach {
    /// Judges an address by its text. A name still has to pass [`Guard`].
    pub fn check(&self, url: &Url) -> Result<(), Barred> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Barred::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Barred::UserInfo);
        }
        let host = url.host().ok_or(Barred::NoHost)?;
        match self {
            Self::Loopback => match host {
                Host::Domain("localhost") => Ok(()),
                Host::Domain(_) => Err(Barred::NotLoopback),
                Host::Ipv4(ip) => self.admit(ip.into()),
                Host::Ipv6(ip) => self.admit(ip.into()),
            },
            Self::Public { trusted } if trusted.contains(&url.origin()) => Ok(()),
            // Its name resolves without a further look, so no other port of it may be tried.
            Self::Public { trusted } if trusted.iter().any(|it| is_of(it, &host)) => {
                Err(Barred::OtherOrigin)
            }
            Self::Public { .. } => match host {
                Host::Domain(name) if is_local(name) => Err(Barred::Internal),
                Host::Domain(_) => Ok(()),
                Host::Ipv4(ip) => self.admit(ip.into()),
                Host::Ipv6(ip) => self.admit(ip.into()),
            },
        }
    }

    /// The same for an address that a stranger has named: what the operator has configured is not
    /// for them, whatever it is.
    pub(crate) fn check_stranger(&self, url: &Url) -> Result<(), Barred> {
        match (self, url.host()) {
            (Self::Public { trusted }, Some(host)) if trusted.iter().any(|it| is_of(it, &host)) => {
                Err(Barred::Internal)
            }
            _ => self.check(url),
        }
    }

    /// Judges an address that isn't trusted by name.
    fn admit(&self, ip: IpAddr) -> Result<(), Barred> {
        match self {
            Self::Loopback if ip.to_canonical().is_loopback() => Ok(()),
            Self::Loopback => Err(Barred::NotLoopback),
            Self::Public { .. } if is_public(ip) => Ok(()),
            Self::Public { .. } => Err(Barred::Internal),
        }
    }

    fn trusts(&self, name: &str) -> bool {
        match self {
            Self::Loopback => false,
            Self::Public { trusted } => trusted.iter().any(|it| is_of(it, &Host::Domain(name))),
        }
    }
}

fn is_of(origin: &Origin, host: &Host<&str>) -> bool {
    matches!(origin, Origin::Tuple(_, own, _) if own.to_string() == host.to_string())
}

/// Names that mean this machine by definition (RFC 6761), whatever a resolver says.
fn is_local(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether an address belongs to the public network. Source: the special-purpose address
/// registries of IANA (RFC 6890 and its updates), read strictly: what is not known to be public
/// is not.
pub fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    !matches!(
        ip.octets(),
        [0 | 10 | 127, ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [192, 168, ..]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
            | [224..=255, ..]
    )
}

/// Only global unicast, without the blocks of it that are for documents and protocols. Where an
/// address carries one of the older kind inside, that one is judged.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let carried = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match ip.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => carried(high, low),
        [0x2002, high, low, ..] => carried(high, low),
        [0x2001, 0..=0x01ff | 0x0db8, ..] => false,
        [0x3fff, 0..=0x0fff, ..] => false,
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

/// Turns names into addresses and keeps only those that may be reached. The connection is made to
/// exactly what was judged here.
pub struct Guard {
    names: Arc<dyn Resolve>,
    reach: Reach,
}

impl Guard {
    pub fn new(names: Arc<dyn Resolve>, reach: Reach) -> Self {
        Self { names, reach }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.reach.clone();
        let is_trusted = reach.trusts(name.as_str());
        let found = self.names.resolve(name);
        Box::pin(async move {
            let mut barred = None;
            let mut admitted: Vec<SocketAddr> = Vec::new();
            for address in found.await? {
                match reach.admit(address.ip()) {
                    Err(why) if !is_trusted => barred = Some(why),
                    _ => admitted.push(address),
                }
            }
            match barred {
                Some(why) if admitted.is_empty() => Err(why.into()),
                _ => Ok(Box::new(admitted.into_iter()) as Addrs),
            }
        })
    }
}

/// The names as this machine knows them.
pub struct SystemNames;

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(found.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}
