//! IP addresses: which ones a range contains, and whether ranges together exclude any.
//!
//! Exact arithmetic over IPv4 and IPv6 addresses as sets of ranges. A range without two valid addresses is kept and
//! contains nothing. Refuses to know rules: the owner of a range decides its use.

mod ranges;

pub use ranges::RangeList;
pub(super) use ranges::{IpRange, IpRangeSet, Use, app_ranges, external_app_ranges};

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use range_set_blaze::RangeSetBlaze;

use sessionlint_project::metadata::{Component, Egress, place_below, text_of};
use sessionlint_source::Place;

use super::raw;

/// A range of addresses as a file writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// First address, as written.
    pub start: Option<String>,
    /// Last address, as written.
    pub end: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// The place of the first address.
    pub place: Place,
    /// The place of the last address.
    pub end_place: Place,
}

/// The addresses in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interval {
    V4(Ipv4Addr, Ipv4Addr),
    V6(Ipv6Addr, Ipv6Addr),
}

/// First and last addresses of networks that are not sources on the public internet: RFC 1918, RFC 6598, RFC 3927 and
/// loopback.
const PRIVATE_V4: &[([u8; 4], [u8; 4])] = &[
    ([10, 0, 0, 0], [10, 255, 255, 255]),
    ([100, 64, 0, 0], [100, 127, 255, 255]),
    ([127, 0, 0, 0], [127, 255, 255, 255]),
    ([169, 254, 0, 0], [169, 254, 255, 255]),
    ([172, 16, 0, 0], [172, 31, 255, 255]),
    ([192, 168, 0, 0], [192, 168, 255, 255]),
];

/// The same in IPv6: RFC 4193 and RFC 4291.
const PRIVATE_V6: &[(u128, u128)] =
    &[(0xfc00 << 112, (0xfe00 << 112) - 1), (0xfe80 << 112, (0xfec0 << 112) - 1), (1, 1)];

/// First and last addresses of networks that are never a source, private or public: RFC 791 (this network), RFC 5771
/// (multicast) and RFC 1112 (reserved).
const NO_SOURCE_V4: &[([u8; 4], [u8; 4])] =
    &[([0, 0, 0, 0], [0, 255, 255, 255]), ([224, 0, 0, 0], [255, 255, 255, 255])];

/// First and last address of the public internet in IPv6: RFC 4291 (global unicast) as far as it is given out.
const PUBLIC_V6: (u128, u128) = (0x2000 << 112, (0x4000 << 112) - 1);

/// Addresses of both families.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses {
    v4: RangeSetBlaze<Ipv4Addr>,
    v6: RangeSetBlaze<Ipv6Addr>,
}

impl Addresses {
    /// The addresses of all `ranges` together.
    pub(super) fn of<'r>(ranges: impl IntoIterator<Item = &'r Range>) -> Self {
        let mut addresses = Self::default();
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for interval in ranges.into_iter().filter_map(Range::interval) {
            match interval {
                Interval::V4(first, last) => v4.push(first..=last),
                Interval::V6(first, last) => v6.push(first..=last),
            }
        }
        addresses.v4.extend(v4);
        addresses.v6.extend(v6);
        addresses
    }

    /// Whether they contain every address of the public internet in a family. A range from 1.0.0.0 on, or one that ends
    /// with 255.255.255.0, leaves out only addresses that nobody calls from.
    pub(super) fn hold_the_internet(&self) -> bool {
        let elsewhere = PRIVATE_V4.iter().chain(NO_SOURCE_V4);
        let elsewhere = elsewhere.map(|(first, last)| Ipv4Addr::from(*first)..=Ipv4Addr::from(*last));
        let v4 = !self.v4.is_empty() && (&self.v4 | &elsewhere.collect::<RangeSetBlaze<_>>()).is_universal();
        let (first, last) = PUBLIC_V6;
        v4 || RangeSetBlaze::from_iter([Ipv6Addr::from(first)..=Ipv6Addr::from(last)]).is_subset(&self.v6)
    }

    /// Whether there are any and none is an address of the public internet.
    pub(super) fn is_private(&self) -> bool {
        let v4 = PRIVATE_V4.iter().map(|(first, last)| Ipv4Addr::from(*first)..=Ipv4Addr::from(*last));
        let v6 = PRIVATE_V6.iter().map(|(first, last)| Ipv6Addr::from(*first)..=Ipv6Addr::from(*last));
        let holds_any = !self.v4.is_empty() || !self.v6.is_empty();
        holds_any
            && self.v4.is_subset(&v4.collect::<RangeSetBlaze<_>>())
            && self.v6.is_subset(&v6.collect::<RangeSetBlaze<_>>())
    }

    /// How many IPv4 addresses there are.
    pub(super) fn count_v4(&self) -> i64 {
        i64::try_from(self.v4.len()).unwrap_or(i64::MAX)
    }

    /// How many addresses there are, of IPv4 and IPv6, capped at the greatest number.
    pub(super) fn count(&self) -> i64 {
        let sizes = self.v6.ranges().map(|range| u128::from(*range.end()) - u128::from(*range.start()));
        let v6 = sizes.fold(0_u128, |sum, size| sum.saturating_add(size).saturating_add(1));
        self.count_v4().saturating_add(i64::try_from(v6).unwrap_or(i64::MAX))
    }

    /// Whether an address is among them.
    pub(super) fn has(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.v4.contains(address),
            IpAddr::V6(address) => self.v6.contains(address),
        }
    }

    /// Whether any address of `range` is among them.
    pub(super) fn meet(&self, range: &Range) -> bool {
        match range.interval() {
            None => false,
            Some(Interval::V4(first, last)) => !RangeSetBlaze::from_iter([first..=last]).is_disjoint(&self.v4),
            Some(Interval::V6(first, last)) => !RangeSetBlaze::from_iter([first..=last]).is_disjoint(&self.v6),
        }
    }

    /// Whether every address of `range` is among them; unknown for a range without addresses.
    pub(super) fn hold_range(&self, range: &Range) -> Option<bool> {
        Some(match range.interval()? {
            Interval::V4(first, last) => RangeSetBlaze::from_iter([first..=last]).is_subset(&self.v4),
            Interval::V6(first, last) => RangeSetBlaze::from_iter([first..=last]).is_subset(&self.v6),
        })
    }

    /// Whether every address of `egress` is among them; unknown for addresses that rotate.
    pub(super) fn hold(&self, egress: Egress) -> Option<bool> {
        match egress {
            Egress::Rotating => None,
            Egress::V4(first, last) => Some(RangeSetBlaze::from_iter([first..=last]).is_subset(&self.v4)),
            Egress::V6(first, last) => Some(RangeSetBlaze::from_iter([first..=last]).is_subset(&self.v6)),
        }
    }
}

/// An address; an IPv4-mapped IPv6 address counts as IPv4.
fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok().map(|address: IpAddr| address.to_canonical())
}

impl Range {
    /// The addresses; `None` where the range is inverted, mixed or not a pair of addresses.
    pub(super) fn interval(&self) -> Option<Interval> {
        match (address(self.start.as_deref()?)?, address(self.end.as_deref()?)?) {
            (IpAddr::V4(first), IpAddr::V4(last)) if first <= last => Some(Interval::V4(first, last)),
            (IpAddr::V6(first), IpAddr::V6(last)) if first <= last => Some(Interval::V6(first, last)),
            _ => None,
        }
    }

    /// The range for display.
    pub(super) fn words(&self) -> String {
        match (&self.start, &self.end) {
            (Some(start), Some(end)) if start == end => start.clone(),
            (start, end) => {
                let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "nothing".to_owned());
                format!("{}-{}", part(start), part(end))
            }
        }
    }
}

/// The names of the elements for the first and the last address of a range.
#[derive(Clone, Copy)]
pub(super) struct RangeElements {
    start: &'static str,
    end: &'static str,
}

/// As in Security settings and connected apps.
pub(super) const PLAIN: RangeElements = RangeElements { start: "start", end: "end" };
/// As in profiles.
pub(super) const ADDRESS: RangeElements = RangeElements { start: "startAddress", end: "endAddress" };
/// As in external client apps.
pub(super) const IP_ADDRESS: RangeElements = RangeElements { start: "startIpAddress", end: "endIpAddress" };

/// The ranges at `path` of a component, in order.
pub(super) fn ranges_at(component: &Component, path: &str, ends: RangeElements) -> Vec<Range> {
    let document = &component.document;
    let text =
        |node, name: &str| document.child(node, name).and_then(|child| text_of(document, child)).map(str::to_owned);
    raw::elements(component, path)
        .map(|node| Range {
            start: text(node, ends.start),
            end: text(node, ends.end),
            description: text(node, "description"),
            place: place_below(component.file, document, node, ends.start),
            end_place: place_below(component.file, document, node, ends.end),
        })
        .collect()
}

/// The login IP ranges of a profile, in order.
pub(super) fn profile_ranges(component: &Component) -> Vec<Range> {
    ranges_at(component, "loginIpRanges", ADDRESS)
}

/// Where ranges admit only some addresses: the place of the first valid range. `None` without valid ranges, and where
/// they contain every address of the public internet in a family together.
pub(super) fn restriction(ranges: &[Range]) -> Option<Place> {
    let first = ranges.iter().find(|range| range.interval().is_some())?;
    // Logins come over IPv4 in practice; a profile open to all of it excludes no server.
    (!Addresses::of(ranges).hold_the_internet()).then_some(first.place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionlint_source::{FileId, Span};

    fn ranges(pairs: &[(&str, &str)]) -> Vec<Range> {
        let place = Place { file: FileId(0), span: Span::default() };
        let range = |(start, end): &(&str, &str)| Range {
            start: Some((*start).to_owned()),
            end: Some((*end).to_owned()),
            description: None,
            place,
            end_place: place,
        };
        pairs.iter().map(range).collect()
    }

    #[test]
    fn only_ranges_that_leave_addresses_out_restrict() {
        let restricts = |pairs: &[(&str, &str)]| restriction(&ranges(pairs)).is_some();
        assert!(!restricts(&[]));
        assert!(!restricts(&[("0.0.0.0", "255.255.255.255")]));
        assert!(restricts(&[("192.0.2.1", "192.0.2.1")]));
        assert!(!restricts(&[("128.0.0.0", "255.255.255.255"), ("0.0.0.0", "127.255.255.255")]));
        assert!(restricts(&[("128.0.0.1", "255.255.255.255"), ("0.0.0.0", "127.255.255.255")]));
        assert!(!restricts(&[("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]));
        assert!(restricts(&[("2001:db8::", "2001:db8::ff")]));
        assert!(!restricts(&[("0.0.0.0", "255.255.255.255"), ("2001:db8::", "2001:db8::ff")]));
        assert!(!restricts(&[("1.0.0.0", "255.255.255.255")]), "no call comes from 0.x.x.x");
        assert!(
            !restricts(&[("0.0.0.0", "255.255.255.0")])
                && !restricts(&[
                    ("1.0.0.1", "223.255.255.254"),
                    ("1.0.0.0", "1.0.0.0"),
                    ("223.255.255.255", "223.255.255.255")
                ])
        );
        assert!(!restricts(&[("1.0.0.0", "9.255.255.255"), ("11.0.0.0", "223.255.255.255")]), "10.x.x.x is private");
        assert!(restricts(&[("1.0.0.1", "255.255.255.255")]) && restricts(&[("0.0.0.0", "223.255.255.254")]));
        assert!(restricts(&[("10.0.0.0", "10.255.255.255")]), "a private range admits nobody from the internet");
        assert!(!restricts(&[("2000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]));
        assert!(restricts(&[("2000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")]));
        assert!(!restricts(&[("10.0.0.9", "10.0.0.1")]), "an inverted range says nothing");
        assert!(!restricts(&[("ten", "eleven")]), "no addresses, nothing known");
        assert!(restricts(&[("0.0.0.0", "10.0.0.0"), ("5.0.0.0", "9.0.0.0"), ("10.0.0.1", "200.0.0.0")]));
    }

    #[test]
    fn private_addresses_are_those_that_no_packet_of_the_internet_has() {
        let is_private = |pairs: &[(&str, &str)]| Addresses::of(&ranges(pairs)).is_private();
        assert!(is_private(&[("10.0.0.0", "10.255.255.255"), ("192.168.10.0", "192.168.10.255")]));
        assert!(is_private(&[("172.16.0.1", "172.31.255.254"), ("fd00::1", "fd00::ff")]));
        assert!(!is_private(&[("10.0.0.0", "11.0.0.0")]), "the range leaves its network");
        assert!(!is_private(&[("10.0.0.0", "10.0.0.9"), ("203.0.113.4", "203.0.113.4")]));
        assert!(!is_private(&[("172.32.0.0", "172.32.0.9")]));
        assert!(!is_private(&[("2001:db8::", "2001:db8::ff")]));
        assert!(!is_private(&[]) && !is_private(&[("ten", "10.0.0.9")]), "no address, nothing known");
    }

    #[test]
    fn addresses_are_counted_once_and_egress_must_be_covered() {
        let set = Addresses::of(&ranges(&[("10.0.0.0", "10.0.0.9"), ("10.0.0.5", "10.0.0.14"), ("ten", "10.0.0.99")]));
        assert_eq!(set.count_v4(), 15);
        let egress = |text: &str| text.parse().unwrap();
        assert_eq!(set.hold(egress("10.0.0.3")), Some(true));
        assert_eq!(set.hold(egress("10.0.0.4-10.0.0.12")), Some(true), "two ranges hold it together");
        assert_eq!(set.hold(egress("10.0.0.12-10.0.0.15")), Some(false));
        assert_eq!(set.hold(egress("2001:db8::1")), Some(false));
        assert_eq!(set.hold(egress("rotating")), None);
        let dressed = Addresses::of(&ranges(&[("::ffff:10.0.0.1", "::ffff:10.0.0.1")]));
        assert_eq!(dressed.hold(egress("10.0.0.1")), Some(true), "an IPv4 address may be written as IPv6");
        assert_eq!(Addresses::of(&ranges(&[("0.0.0.0", "255.255.255.255")])).count_v4(), 1 << 32);
    }
}
