//! How far a request may go, by the text of its address and by what its name resolves to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use connectors::reach::{Barred, Reach, is_public};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use url::Url;

/// Blocks that are not public (IANA's special-purpose registries; multicast and reserved ones too).
const INTERNAL: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];

fn block(text: &str) -> (u32, u32) {
    let (base, bits) = text.split_once('/').expect("a block");
    let base = u32::from(base.parse::<Ipv4Addr>().expect("an address"));
    let size = 1_u64 << (32 - bits.parse::<u32>().expect("bits"));
    (base, (u64::from(base) + size - 1) as u32)
}

fn is_internal(ip: u32) -> bool {
    INTERNAL.iter().map(|it| block(it)).any(|(first, last)| (first..=last).contains(&ip))
}

fn public() -> Reach {
    Reach::Public { trusted: Vec::new() }
}

fn check(reach: &Reach, address: &str) -> Result<(), Barred> {
    reach.check(&Url::parse(address).unwrap_or_else(|_| panic!("not an address: {address}")))
}

/// The ways to spell one IPv4 address in a URL, as browsers and `url` understand them.
fn spellings(ip: u32) -> Vec<String> {
    let [a, b, c, d] = ip.to_be_bytes();
    let (cd, bcd) = (ip & 0xffff, ip & 0xff_ffff);
    vec![
        format!("{a}.{b}.{c}.{d}"),
        format!("{a}.{b}.{c}.{d}."),
        format!("{a}.{b}.{cd}"),
        format!("{a}.{bcd}"),
        format!("{ip}"),
        format!("{ip:#x}"),
        format!("{ip:#X}"),
        format!("0{ip:o}"),
        format!("{a:#x}.{b:#o}.0{c:o}.{d}").replace("0o", "0"),
        format!("%{:x}{}", b'0', format!("{ip:o}")),
        format!("[::ffff:{a}.{b}.{c}.{d}]"),
        format!("[::ffff:{:x}:{:x}]", ip >> 16, cd),
        format!("[64:ff9b::{a}.{b}.{c}.{d}]"),
        format!("[2002:{:x}:{:x}::1]", ip >> 16, cd),
    ]
}

#[test]
fn every_block_is_barred_from_its_first_to_its_last_address() {
    for text in INTERNAL {
        let (first, last) = block(text);
        for ip in [first, last, first + (last - first) / 2] {
            assert!(!is_public(Ipv4Addr::from(ip).into()), "{text}");
        }
        for ip in [first.wrapping_sub(1), last.wrapping_add(1)] {
            assert_eq!(is_public(Ipv4Addr::from(ip).into()), !is_internal(ip), "beside {text}");
        }
    }
}

#[test]
fn of_the_newer_addresses_only_global_ones_are_public() {
    let is_public = |text: &str| is_public(text.parse::<Ipv6Addr>().expect("an address").into());
    for public in ["2606:4700::1111", "2a00:1450:4001::", "2001:4860:4860::8888", "2003::1"] {
        assert!(is_public(public), "{public}");
    }
    for internal in [
        "::",
        "::1",
        "::7f00:1",
        "::a00:1",
        "100::1",
        "64:ff9b:1::1",
        "2001::1",
        "2001:2::1",
        "2001:10::1",
        "2001:db8::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "4000::1",
    ] {
        assert!(!is_public(internal), "{internal}");
    }
}

#[test]
fn the_sandbox_reaches_this_machine_alone() {
    let reach = Reach::Loopback;
    for own in [
        "http://127.0.0.1:4000/x",
        "http://127.9.9.9/",
        "http://localhost:1/",
        "http://[::1]:80/",
        "http://LOCALHOST/",
        "http://2130706433/",
        "http://[::ffff:127.0.0.1]/",
    ] {
        assert_eq!(check(&reach, own), Ok(()), "{own}");
    }
    for other in [
        "https://queue.fal.run/",
        "http://8.8.8.8/",
        "http://10.0.0.1/",
        "http://0.0.0.0/",
        "http://localhost./",
        "http://a.localhost/",
        "http://localhost.evil.test/",
        "http://127.0.0.1.evil.test/",
        "http://[::]/",
        "http://[fe80::1]/",
        "http://169.254.169.254/",
    ] {
        assert_eq!(check(&reach, other), Err(Barred::NotLoopback), "{other}");
    }
}

#[test]
fn the_operators_own_addresses_are_reached_and_nothing_beside_them() {
    let origins = ["http://10.0.0.5:9000", "http://minio:9000", "https://queue.fal.run"];
    let trusted = origins.iter().map(|it| Url::parse(it).expect("an address").origin());
    let reach = Reach::Public { trusted: trusted.collect() };
    for own in ["http://10.0.0.5:9000/a?b", "http://minio:9000/", "https://queue.fal.run:443/x"] {
        assert_eq!(check(&reach, own), Ok(()), "{own}");
    }
    for (other, why) in [
        ("http://10.0.0.5:22/", Barred::OtherOrigin),
        ("https://10.0.0.5:9000/", Barred::OtherOrigin),
        ("http://minio:22/", Barred::OtherOrigin),
        ("http://queue.fal.run/", Barred::OtherOrigin),
        ("http://10.0.0.6:9000/", Barred::Internal),
        ("http://me@minio:9000/", Barred::UserInfo),
    ] {
        assert_eq!(check(&reach, other), Err(why), "{other}");
    }
}

#[test]
fn odd_addresses_are_barred() {
    for (odd, why) in [
        ("ftp://files.test/x", Barred::Scheme),
        ("file:///etc/passwd", Barred::Scheme),
        ("data:text/plain,x", Barred::Scheme),
        ("javascript:alert(1)", Barred::Scheme),
        ("unix:/run/docker.sock", Barred::Scheme),
        ("http://user@files.test/", Barred::UserInfo),
        ("http://:pass@files.test/", Barred::UserInfo),
        ("http://files.test@127.0.0.1/", Barred::UserInfo),
        ("http://localhost/", Barred::Internal),
        ("http://LOCALHOST./", Barred::Internal),
        ("http://a.b.localhost/", Barred::Internal),
        ("http://０x7f.1/", Barred::Internal),
        ("http://①②⑦.0.0.1/", Barred::Internal),
        ("http://0/", Barred::Internal),
    ] {
        assert_eq!(check(&public(), odd), Err(why), "{odd}");
    }
    assert_eq!(check(&public(), "https://v3.fal.media/files/x"), Ok(()));
}

/// The same cases at each run.
fn cases() -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(6_890);
    ProptestConfig { cases: 1_000, rng_seed, failure_persistence: None, ..Default::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn an_address_is_judged_alike_however_it_is_spelled(
        ip in prop_oneof![
            any::<u32>(),
            (0..INTERNAL.len(), any::<u32>()).prop_map(|(at, within)| {
                let (first, last) = block(INTERNAL[at]);
                first + within % (last - first + 1)
            }),
        ],
        port in 1_u16..,
    ) {
        for host in spellings(ip) {
            let address = format!("http://{host}:{port}/");
            let verdict = check(&public(), &address);
            let expected = if is_internal(ip) { Err(Barred::Internal) } else { Ok(()) };
            prop_assert_eq!(verdict, expected, "{}", address);
        }
    }

    #[test]
    fn whatever_is_let_through_is_public_or_a_name(text in "\\PC{0,40}") {
        for address in [text.clone(), format!("http://{text}"), format!("https://{text}/x")] {
            let Ok(url) = Url::parse(&address) else { continue };
            if public().check(&url).is_err() {
                continue;
            }
            prop_assert!(matches!(url.scheme(), "http" | "https"));
            prop_assert!(url.username().is_empty() && url.password().is_none());
            let host = url.host_str().expect("a host").trim_matches(['[', ']']).to_owned();
            if let Ok(ip) = host.parse::<IpAddr>() {
                prop_assert!(is_public(ip), "{}", url);
            }
        }
    }

    #[test]
    fn nothing_from_elsewhere_is_let_into_the_sandbox(text in "\\PC{0,40}", ip in any::<u32>()) {
        let spelled = spellings(ip).into_iter().map(|it| format!("http://{it}/"));
        for address in spelled.chain([format!("http://{text}/"), text]) {
            let Ok(url) = Url::parse(&address) else { continue };
            if Reach::Loopback.check(&url).is_err() {
                continue;
            }
            let host = url.host_str().expect("a host").trim_matches(['[', ']']).to_owned();
            let ip = host.parse::<IpAddr>().ok().map(|it| it.to_canonical());
            prop_assert!(host == "localhost" || ip.is_some_and(|it| it.is_loopback()), "{}", url);
        }
    }
}
