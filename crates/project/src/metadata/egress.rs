//! The addresses of an integration's server, from the configuration: no file of a project contains them.
//!
//! Refuses to know which integration uses an address, and whether a range covers it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::IpNet;

/// Addresses from which integrations call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Egress {
    /// The next address is unpredictable.
    Rotating,
    /// IPv4 addresses from the first to the last.
    V4(Ipv4Addr, Ipv4Addr),
    /// IPv6 addresses from the first to the last.
    V6(Ipv6Addr, Ipv6Addr),
}

impl FromStr for Egress {
    type Err = String;

    /// Reads `rotating`, an address, a network (`203.0.113.0/24`) or a range (`203.0.113.4-203.0.113.9`).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("rotating") {
            return Ok(Egress::Rotating);
        }
        let address = |text: &str| -> Result<IpAddr, String> {
            text.trim().parse().map_err(|_| "this is not an address".to_owned())
        };
        if text.contains('/') {
            let network: IpNet = text.parse().map_err(|_| "this is not a network".to_owned())?;
            return between(network.network(), network.broadcast());
        }
        match text.split_once('-') {
            Some((first, last)) => between(address(first)?, address(last)?),
            None => address(text).and_then(|only| between(only, only)),
        }
    }
}

fn between(first: IpAddr, last: IpAddr) -> Result<Egress, String> {
    match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) if first <= last => Ok(Egress::V4(first, last)),
        (IpAddr::V6(first), IpAddr::V6(last)) if first <= last => Ok(Egress::V6(first, last)),
        (IpAddr::V4(_), IpAddr::V4(_)) | (IpAddr::V6(_), IpAddr::V6(_)) => {
            Err("the first address comes after the last".to_owned())
        }
        _ => Err("the two addresses are of different families".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        let v4 = |first: [u8; 4], last: [u8; 4]| Ok(Egress::V4(first.into(), last.into()));
        assert_eq!("Rotating".parse(), Ok(Egress::Rotating));
        assert_eq!("203.0.113.7".parse(), v4([203, 0, 113, 7], [203, 0, 113, 7]));
        assert_eq!("203.0.113.77/24".parse(), v4([203, 0, 113, 0], [203, 0, 113, 255]));
        assert_eq!("203.0.113.4 - 203.0.113.9".parse(), v4([203, 0, 113, 4], [203, 0, 113, 9]));
        assert!(matches!("2001:db8::/32".parse(), Ok(Egress::V6(..))));
        for wrong in ["", "ten", "203.0.113.9-203.0.113.4", "203.0.113.0/40", "203.0.113.4-2001:db8::1"] {
            assert!(wrong.parse::<Egress>().is_err(), "{wrong}");
        }
    }
}
