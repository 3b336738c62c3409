//! Addresses: which a range holds, and whether ranges together leave any out.
//!
//! Exact interval arithmetic over IPv4 and IPv6 as numbers. A range that is no pair of addresses is kept and holds
//! nothing.

use std::net::IpAddr;

use crate::metadata::{Component, place_below, text_of};
use crate::source::Place;

use super::raw;

/// A range of addresses as a file writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// First address, as written.
    pub start: Option<String>,
    /// Last address, as written.
    pub end: Option<String>,
    /// The first address's text.
    pub place: Place,
}

/// An interval of addresses of one family, as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Interval {
    is_v6: bool,
    first: u128,
    last: u128,
}

impl Range {
    /// The interval; `None` where the range is inverted, mixed or no pair of addresses.
    fn interval(&self) -> Option<Interval> {
        let first: IpAddr = self.start.as_deref()?.parse().ok()?;
        let last: IpAddr = self.end.as_deref()?.parse().ok()?;
        let (is_v6, first, last) = match (first, last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => (false, u32::from(first).into(), u32::from(last).into()),
            (IpAddr::V6(first), IpAddr::V6(last)) => (true, u128::from(first), u128::from(last)),
            _ => return None,
        };
        (first <= last).then_some(Interval { is_v6, first, last })
    }
}

/// The login IP ranges of a profile, in order.
pub(super) fn profile_ranges(component: &Component) -> Vec<Range> {
    let document = &component.document;
    let text =
        |node, name: &str| document.child(node, name).and_then(|child| text_of(document, child)).map(str::to_owned);
    raw::elements(component, "loginIpRanges")
        .map(|node| Range {
            start: text(node, "startAddress"),
            end: text(node, "endAddress"),
            place: place_below(component.file, document, node, "startAddress"),
        })
        .collect()
}

/// Where ranges let only some addresses in: the place of the first range that is one. `None` without understood
/// ranges, and where they hold every address of a family together.
pub(super) fn restriction(ranges: &[Range]) -> Option<Place> {
    let first = ranges.iter().find(|range| range.interval().is_some())?;
    let mut intervals: Vec<Interval> = ranges.iter().filter_map(Range::interval).collect();
    intervals.sort_unstable();
    let holds_all =
        |is_v6: bool| holds_every_address(intervals.iter().filter(|interval| interval.is_v6 == is_v6), is_v6);
    // Logins come over IPv4 in practice; a profile open to all of it shuts no server out.
    (!holds_all(false) && !holds_all(true)).then_some(first.place)
}

/// Whether sorted intervals of one family leave no address out.
fn holds_every_address<'i>(intervals: impl Iterator<Item = &'i Interval>, is_v6: bool) -> bool {
    let greatest = if is_v6 { u128::MAX } else { u128::from(u32::MAX) };
    // The first address that none of the intervals so far holds.
    let mut next = 0;
    for interval in intervals {
        if interval.first > next {
            return false;
        }
        if interval.last >= greatest {
            return true;
        }
        next = next.max(interval.last + 1);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    fn ranges(pairs: &[(&str, &str)]) -> Vec<Range> {
        let place = Place { file: FileId(0), span: Span::default() };
        let range = |(start, end): &(&str, &str)| Range {
            start: Some((*start).to_owned()),
            end: Some((*end).to_owned()),
            place,
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
        assert!(!restricts(&[("10.0.0.9", "10.0.0.1")]), "an inverted range says nothing");
        assert!(!restricts(&[("ten", "eleven")]), "no addresses, nothing known");
        assert!(restricts(&[("0.0.0.0", "10.0.0.0"), ("5.0.0.0", "9.0.0.0"), ("10.0.0.1", "200.0.0.0")]));
    }
}
