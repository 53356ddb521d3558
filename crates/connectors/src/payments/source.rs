//! Who has sent a notification: by the network it came from, or by a proxy's signature.

use std::net::IpAddr;

use hmac::{Hmac, KeyInit, Mac};
use ipnet::{IpNet, Ipv4Net};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Where notifications may come from: an address or a block of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpNet);

/// A text that names no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongNetwork {
    #[error("`{0}` is neither an address nor a network such as 185.71.76.0/27")]
    NotANetwork(String),
    #[error("`{text}` has an address inside of a network: write {whole} for all of it")]
    Inside { text: String, whole: String },
}

/// The bits before the IPv4 address in an IPv4-mapped one.
const MAPPED_BITS: u8 = 96;

impl Network {
    /// Reads `185.71.76.0/27`, `2a02:5180::/32` or a single address.
    pub fn from_text(text: &str) -> Result<Self, WrongNetwork> {
        let text = text.trim();
        let network = match text.parse::<IpAddr>() {
            Ok(address) => IpNet::from(address),
            Err(_) => text.parse().map_err(|_| WrongNetwork::NotANetwork(text.to_owned()))?,
        };
        if network.addr() != network.network() {
            let whole = network.trunc().to_string();
            return Err(WrongNetwork::Inside { text: text.to_owned(), whole });
        }
        Ok(Self(canonical(network)))
    }
}

/// As addresses are compared: an IPv4-mapped block is the IPv4 block.
fn canonical(network: IpNet) -> IpNet {
    let mapped = match network {
        IpNet::V4(_) => None,
        IpNet::V6(it) => it.addr().to_ipv4_mapped().zip(it.prefix_len().checked_sub(MAPPED_BITS)),
    };
    let v4 = mapped.and_then(|(address, length)| Ipv4Net::new(address, length).ok());
    v4.map_or(network, IpNet::V4)
}

/// Whether an address belongs to one of the networks. An IPv4-mapped address is the IPv4 address,
/// as it is for whoever listens on `[::]`.
pub fn source_is(address: IpAddr, networks: &[Network]) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|it| it.0.contains(&address))
}

/// Whether `header` is the HMAC-SHA256 of the body, in hex: what an operator's own proxy may add,
/// since the gateway signs nothing. Takes the same time wherever it differs. Nothing is signed
/// with an empty secret.
pub fn signed(secret: &SecretString, body: &[u8], header: &str) -> bool {
    let secret = secret.expose_secret().as_bytes();
    let Ok(signature) = hex::decode(header.trim()) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
    mac.update(body);
    !secret.is_empty() && mac.verify_slice(&signature).is_ok()
}
