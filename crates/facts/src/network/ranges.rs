//! Every address range in the project, and the ranges of each owner combined.
//!
//! Knows the owner and the use of a range. Refuses to know which addresses call.

use std::net::IpAddr;

use super::{ADDRESS, Addresses, IP_ADDRESS, Interval, PLAIN, Range, address, ranges_at};
use crate::column::{IntoCell, ViewColumn};
use crate::profile_name::ProfileNames;
use crate::table::{Declaration, Declared};
use crate::text;
use sessionlint_project::metadata::kind::kind;
use sessionlint_project::metadata::{Component, Project};
use sessionlint_soql::Cell;
use sessionlint_source::Place;

type RangeColumn = ViewColumn<IpRange>;
type SetColumn = ViewColumn<IpRangeSet>;

/// The use of ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// A profile admits logins from them.
    Login,
    /// The org requires no verification from them.
    Trusted,
    /// A connected app or external client app lists them.
    App,
    /// An external client app lists them for its tokens.
    Token,
}

impl Use {
    fn as_str(self) -> &'static str {
        match self {
            Use::Login => "login",
            Use::Trusted => "trusted",
            Use::App => "app",
            Use::Token => "token",
        }
    }
}

/// The ranges of one element list of one owner.
#[derive(Debug)]
pub(crate) struct IpRangeSet {
    /// The metadata type of the owner.
    owner_type: &'static str,
    /// The label of the owner.
    pub(crate) owner_name: String,
    /// The use of the ranges.
    pub(crate) usage: Use,
    /// The ranges, in order.
    pub(crate) ranges: Vec<Range>,
    /// The addresses of all ranges together.
    pub(crate) addresses: Addresses,
    /// For each range, an earlier one in the order of addresses with some of the same addresses.
    overlaps: Vec<Option<usize>>,
}

/// Every list of ranges that holds any, in the order of the files.
pub(crate) fn range_sets(project: &Project, names: &ProfileNames) -> Vec<IpRangeSet> {
    project.components.iter().filter_map(|component| set_of(component, names)).collect()
}

fn set_of(component: &Component, names: &ProfileNames) -> Option<IpRangeSet> {
    let owner_type = kind(component.kind).name;
    let (usage, ranges) = match owner_type {
        "Profile" => (Use::Login, ranges_at(component, "loginIpRanges", ADDRESS)),
        "SecuritySettings" => (Use::Trusted, ranges_at(component, "networkAccess.ipRanges", PLAIN)),
        "ConnectedApp" => (Use::App, app_ranges(component)),
        "ExtlClntAppOauthSettings" => (Use::App, external_app_ranges(component)),
        "ExtlClntAppOauthSecuritySettings" => (Use::Token, external(component, "tokenIpRanges")),
        _ => return None,
    };
    if ranges.is_empty() {
        return None;
    }
    let own = || component.text("label").unwrap_or(&component.name).to_owned();
    let owner_name = match owner_type {
        "Profile" => names.label(&component.name),
        "SecuritySettings" => "the org".to_owned(),
        "ConnectedApp" => own(),
        _ => component.text("externalClientApplication").map_or_else(own, str::to_owned),
    };
    Some(IpRangeSet {
        owner_type,
        owner_name,
        usage,
        addresses: Addresses::of(&ranges),
        overlaps: overlaps(&ranges),
        ranges,
    })
}

/// The own ranges of a connected app.
pub(crate) fn app_ranges(component: &Component) -> Vec<Range> {
    ranges_at(component, "ipRanges", PLAIN)
}

/// The own ranges of an external client app, by its OAuth settings.
pub(crate) fn external_app_ranges(component: &Component) -> Vec<Range> {
    external(component, "trustedIpRanges")
}

/// External client apps write either pair of names.
fn external(component: &Component, path: &str) -> Vec<Range> {
    let ranges = ranges_at(component, path, IP_ADDRESS);
    if ranges.iter().any(|range| range.start.is_some() || range.end.is_some()) {
        return ranges;
    }
    ranges_at(component, path, PLAIN)
}

/// For each range one that begins no later and has some of the same addresses. Sorting first keeps the cost of hundreds
/// of ranges low.
fn overlaps(ranges: &[Range]) -> Vec<Option<usize>> {
    // The two families never overlap: a flag separates them, numbers order the rest.
    let numbers = |range: &Range| match range.interval()? {
        Interval::V4(first, last) => Some((false, u128::from(u32::from(first)), u128::from(u32::from(last)))),
        Interval::V6(first, last) => Some((true, u128::from(first), u128::from(last))),
    };
    let mut sorted: Vec<_> =
        ranges.iter().enumerate().filter_map(|(index, range)| Some((numbers(range)?, index))).collect();
    sorted.sort_unstable();
    let mut found = vec![None; ranges.len()];
    // The range so far that reaches furthest.
    let mut furthest: Option<((bool, u128, u128), usize)> = None;
    for (numbers, index) in sorted {
        if let Some((reach, other)) = furthest
            && reach.0 == numbers.0
            && numbers.1 <= reach.2
        {
            found[index] = Some(other);
            if numbers.2 <= reach.2 {
                continue;
            }
        }
        furthest = Some((numbers, index));
    }
    found
}

impl IpRangeSet {
    /// The owner in words.
    fn owner(&self) -> String {
        match self.usage {
            Use::Login => format!("the profile {}", self.owner_name),
            Use::Trusted => self.owner_name.clone(),
            Use::App | Use::Token => format!("the app {}", self.owner_name),
        }
    }

    /// The range with most IPv4 addresses: the one to check where there are too many.
    fn widest(&self) -> Option<&Range> {
        let size = |range: &&Range| match range.interval() {
            Some(Interval::V4(first, last)) => u64::from(u32::from(last)) - u64::from(u32::from(first)) + 1,
            _ => 0,
        };
        // The first in the file of equal ones.
        self.ranges.iter().rev().max_by_key(size)
    }

    /// The first range in the file that overlaps another, and that other.
    fn first_overlap(&self) -> Option<(&Range, &Range)> {
        let found = self.overlaps.iter().enumerate().find_map(|(index, other)| Some((index, (*other)?)))?;
        Some((&self.ranges[found.0], &self.ranges[found.1]))
    }
}

/// A list of ranges, for comparisons with single addresses.
#[derive(Clone, Copy, Debug)]
pub struct RangeList<'f>(pub(crate) &'f IpRangeSet);

impl<'f> RangeList<'f> {
    /// The label of the owner: a profile's label, an app's label or name.
    pub fn owner_name(self) -> &'f str {
        &self.0.owner_name
    }

    /// Whether the owner is a profile, whose users log in from these addresses only.
    pub fn is_of_profile(self) -> bool {
        self.0.usage == Use::Login
    }

    /// Whether the owner is an app.
    pub fn is_of_app(self) -> bool {
        matches!(self.0.usage, Use::App | Use::Token)
    }

    /// The owner in words.
    pub fn owner(self) -> String {
        self.0.owner()
    }

    /// The first range.
    pub fn place(self) -> Option<Place> {
        self.0.ranges.first().map(|range| range.place)
    }

    /// Whether an address is in one of the ranges.
    pub fn has(self, address: IpAddr) -> bool {
        self.0.addresses.has(address.to_canonical())
    }
}

/// One range, and its fault, if any.
#[derive(Debug)]
pub(crate) struct IpRange {
    owner: String,
    owner_type: &'static str,
    owner_name: String,
    usage: Use,
    range: Range,
    fault: Option<Fault>,
    size: Option<i64>,
    overlaps_with: Option<(String, Place)>,
}

/// Why a range has no address.
#[derive(Debug)]
enum Fault {
    /// This is no address.
    NotAnAddress(String, Place),
    /// One end is missing.
    Open,
    /// The ends are of different families.
    Mixed,
    /// The last address comes before the first.
    Inverted,
}

/// Each range of every set, in order.
pub(crate) fn range_facts(sets: &[IpRangeSet]) -> Vec<IpRange> {
    let of_set = |set: &IpRangeSet| {
        let facts = |(index, range): (usize, &Range)| IpRange {
            owner: set.owner(),
            owner_type: set.owner_type,
            owner_name: set.owner_name.clone(),
            usage: set.usage,
            range: range.clone(),
            fault: fault(range),
            size: size(range),
            overlaps_with: set.overlaps[index].map(|other| (set.ranges[other].words(), set.ranges[other].place)),
        };
        set.ranges.iter().enumerate().map(facts).collect::<Vec<_>>()
    };
    sets.iter().flat_map(of_set).collect()
}

/// How many addresses the range has, capped at a number of 63 bits.
fn size(range: &Range) -> Option<i64> {
    let less_one = match range.interval()? {
        Interval::V4(first, last) => u128::from(u32::from(last) - u32::from(first)),
        Interval::V6(first, last) => u128::from(last) - u128::from(first),
    };
    Some(i64::try_from(less_one.saturating_add(1)).unwrap_or(i64::MAX))
}

/// The certain fault of a range. A placeholder that a deployment fills in, and an address with leading zeros, which
/// some parsers accept, are not faults.
fn fault(range: &Range) -> Option<Fault> {
    let (Some(start), Some(end)) = (&range.start, &range.end) else { return Some(Fault::Open) };
    for (text, place) in [(start, range.place), (end, range.end_place)] {
        if address(text).is_none() {
            return (!is_doubtful(text)).then(|| Fault::NotAnAddress(text.clone(), place));
        }
    }
    let (first, last) = (address(start)?, address(end)?);
    if first.is_ipv4() != last.is_ipv4() {
        return Some(Fault::Mixed);
    }
    (first > last).then_some(Fault::Inverted)
}

fn is_doubtful(text: &str) -> bool {
    let is_filled_in = text.contains(['$', '{', '}', '%', '@', '[', ']']) || text.contains("__");
    let without_zeros: Vec<&str> = text
        .split('.')
        .map(|part| match part.trim_start_matches('0') {
            "" if !part.is_empty() => "0",
            part => part,
        })
        .collect();
    is_filled_in || address(&without_zeros.join(".")).is_some()
}

/// The words of `Fault`.
const FAULTS: [&str; 3] = ["not-an-address", "half", "mixed"];

impl Declared for IpRange {
    const TABLE: Declaration<Self> =
        Declaration::new(|| IP_RANGE, |facts| range_facts(facts.all())).key(|it| &it.owner_name).of_one_file();
}

/// One row per range.
const IP_RANGE: &[RangeColumn] = &[
    RangeColumn::text("Owner", "owner of the range, in words", |it| it.owner.as_str().cell()).always(),
    RangeColumn::text("OwnerType", "metadata type of its file", |it| it.owner_type.cell()).always(),
    RangeColumn::text("OwnerName", "label of the owner", |it| it.owner_name.as_str().cell()).always(),
    RangeColumn::text(
        "Use",
        "`login` (a profile allows logins from it), `trusted` (the org requires no verification), `app` or `token` (an app's own)",
        |it| it.usage.as_str().cell(),
    )
    .always(),
    RangeColumn::text("Range", "first and last address, as written", |it| Cell {
        place: Some(it.range.place),
        ..it.range.words().cell()
    })
    .always(),
    RangeColumn::text("Start", "first address, as written", |it| Cell {
        place: Some(it.range.place),
        ..it.range.start.as_deref().cell()
    }),
    RangeColumn::text("End", "last address, as written", |it| Cell {
        place: Some(it.range.end_place),
        ..it.range.end.as_deref().cell()
    }),
    RangeColumn::text("Description", "its description", |it| it.range.description.as_deref().cell()),
    RangeColumn::text("Family", "`IPv4` or `IPv6`; null if it contains no addresses", |it| {
        let family = it.range.interval().map(|interval| match interval {
            Interval::V4(..) => "IPv4",
            Interval::V6(..) => "IPv6",
        });
        family.cell()
    }),
    RangeColumn::int("Size", "number of addresses in it, capped at the greatest number", |it| it.size.cell()),
    RangeColumn::bool("IsInverted", "its last address is before its first", |it| Cell {
        place: Some(it.range.place),
        ..matches!(it.fault, Some(Fault::Inverted)).cell()
    })
    .always(),
    RangeColumn::text(
        "Fault",
        "`not-an-address`, `half` (one end is missing) or `mixed` (ends of different families)",
        |it| match &it.fault {
            Some(Fault::NotAnAddress(_, place)) => Cell { place: Some(*place), ..FAULTS[0].cell() },
            Some(Fault::Open) if it.range.start.is_some() => Cell { place: Some(it.range.end_place), ..FAULTS[1].cell() },
            Some(Fault::Open) => Cell { place: Some(it.range.place), ..FAULTS[1].cell() },
            Some(Fault::Mixed) => Cell { place: Some(it.range.place), ..FAULTS[2].cell() },
            Some(Fault::Inverted) | None => Cell::default(),
        },
    ),
    RangeColumn::text("FaultyText", "the text that is not an address, as written", |it| match &it.fault {
        Some(Fault::NotAnAddress(written, place)) => Cell::at(text(written), *place),
        _ => Cell::default(),
    }),
    RangeColumn::text("OverlapsWith", "another range of the same owner with some of its addresses", |it| {
        it.overlaps_with.as_ref().map_or_else(Cell::default, |(words, place)| Cell::at(text(words), *place))
    }),
];

impl Declared for IpRangeSet {
    const TABLE: Declaration<Self> =
        Declaration::new(|| IP_RANGE_SET, |facts| range_sets(facts.project, facts.profile_names()))
            .key(|it| &it.owner_name)
            .of_one_file();
}

/// One row per owner and use: its ranges together.
const IP_RANGE_SET: &[SetColumn] = &[
    SetColumn::text("Owner", "owner of the ranges, in words", |it| it.owner().cell()).always(),
    SetColumn::text("OwnerType", "metadata type of their file", |it| it.owner_type.cell()).always(),
    SetColumn::text("OwnerName", "label of the owner", |it| it.owner_name.as_str().cell()).always(),
    SetColumn::text("Use", "as in `IpRange`", |it| it.usage.as_str().cell()).always(),
    SetColumn::int("Ranges", "number of ranges", |it| i64::try_from(it.ranges.len()).unwrap_or(i64::MAX).cell())
        .always(),
    SetColumn::int("Addresses", "number of IPv4 addresses in all ranges, each counted once", |it| Cell {
        place: it.widest().map(|range| range.place),
        ..it.addresses.count_v4().cell()
    })
    .always(),
    SetColumn::int(
        "AllAddresses",
        "number of IPv4 and IPv6 addresses in all ranges, each counted once, capped at the greatest number",
        |it| Cell { place: it.widest().map(|range| range.place), ..it.addresses.count().cell() },
    )
    .always(),
    SetColumn::bool(
        "HoldsEveryAddress",
        "they include every IPv4 address of the public internet, or every IPv6 address of it",
        |it| it.addresses.hold_the_internet().cell(),
    )
    .always(),
    SetColumn::text("PrivateRange", "the first range, if all ranges contain only private addresses; else null", |it| {
        let is_understood = it.ranges.iter().all(|range| range.interval().is_some());
        let first = it.ranges.first().filter(|_| is_understood && it.addresses.is_private());
        first.map_or_else(Cell::default, |range| Cell { place: Some(range.place), ..range.words().cell() })
    }),
    SetColumn::text("Widest", "the range with the most IPv4 addresses", |it| {
        it.widest().map_or_else(Cell::default, |range| Cell { place: Some(range.place), ..range.words().cell() })
    }),
    SetColumn::int("Overlapping", "number of ranges that share addresses with another one", |it| {
        i64::try_from(it.overlaps.iter().flatten().count()).unwrap_or(i64::MAX).cell()
    })
    .always(),
    SetColumn::text("OverlappingRange", "the first of these", |it| {
        it.first_overlap()
            .map_or_else(Cell::default, |(range, _)| Cell { place: Some(range.place), ..range.words().cell() })
    }),
    SetColumn::text("OverlappedRange", "the range that shares addresses with it", |it| {
        it.first_overlap()
            .map_or_else(Cell::default, |(_, other)| Cell { place: Some(other.place), ..other.words().cell() })
    }),
];

#[cfg(test)]
mod tests {
    use super::*;
    use sessionlint_source::{FileId, Span};

    fn range(start: &str, end: &str) -> Range {
        let place = Place { file: FileId(0), span: Span::default() };
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Range { start: text(start), end: text(end), description: None, place, end_place: place }
    }

    #[test]
    fn a_fault_is_what_is_sure() {
        let name = |start, end| match fault(&range(start, end)) {
            None => "none",
            Some(Fault::NotAnAddress(..)) => "no address",
            Some(Fault::Open) => "open",
            Some(Fault::Mixed) => "mixed",
            Some(Fault::Inverted) => "inverted",
        };
        assert_eq!(name("203.0.113.4", "203.0.113.9"), "none");
        assert_eq!(name("203.0.113.9", "203.0.113.4"), "inverted");
        assert_eq!(name("203.0.113.9", "203.0.113.10"), "none", "numbers, not texts, are compared");
        assert_eq!(name("203.0.113.9", "2001:db8::1"), "mixed");
        assert_eq!(name("203.0.113.9", ""), "open");
        assert_eq!(name("203.0.113.0/24", "203.0.113.0/24"), "no address");
        assert_eq!(name("office.example.com", "203.0.113.4"), "no address");
        assert_eq!(name("203.0.113.300", "203.0.113.301"), "no address");
        assert_eq!(name("$OFFICE_FIRST", "${OFFICE_LAST}"), "none", "a deployment fills it in");
        assert_eq!(name("203.000.113.004", "203.0.113.9"), "none", "leading zeros may be read");
    }

    #[test]
    fn sizes() {
        assert_eq!(size(&range("203.0.113.4", "203.0.113.9")), Some(6));
        assert_eq!(size(&range("0.0.0.0", "255.255.255.255")), Some(1 << 32));
        assert_eq!(size(&range("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")), Some(i64::MAX));
        assert_eq!(size(&range("203.0.113.9", "203.0.113.4")), None);
    }

    #[test]
    fn overlaps_are_found_whatever_the_order() {
        let of =
            |pairs: &[(&str, &str)]| overlaps(&pairs.iter().map(|(start, end)| range(start, end)).collect::<Vec<_>>());
        assert_eq!(of(&[("10.0.0.1", "10.0.0.5"), ("10.0.0.6", "10.0.0.9")]), [None, None], "neighbours");
        assert_eq!(of(&[("10.0.0.5", "10.0.0.9"), ("10.0.0.1", "10.0.0.5")]), [Some(1), None]);
        let nested = of(&[("10.0.0.0", "10.255.255.255"), ("10.1.0.0", "10.1.0.1"), ("10.2.0.0", "10.2.0.1")]);
        assert_eq!(nested, [None, Some(0), Some(0)]);
        assert_eq!(of(&[("0.0.0.0", "255.255.255.255"), ("::", "::ff")]), [None, None], "families never meet");
        assert_eq!(of(&[("x", "10.0.0.5"), ("10.0.0.1", "10.0.0.5")]), [None, None]);
        assert_eq!(of(&[("10.0.0.1", "10.0.0.1"), ("10.0.0.1", "10.0.0.1")]), [None, Some(0)]);
    }

    #[test]
    fn many_ranges_are_no_burden() {
        let many: Vec<Range> = (0..20_000u32)
            .map(|number| {
                let address = Ipv4(number * 4);
                range(&address.text(0), &address.text(2))
            })
            .collect();
        assert_eq!(overlaps(&many).iter().flatten().count(), 0);
        assert_eq!(Addresses::of(&many).count_v4(), 60_000);
    }

    struct Ipv4(u32);

    impl Ipv4 {
        fn text(&self, more: u32) -> String {
            std::net::Ipv4Addr::from(self.0 + more).to_string()
        }
    }
}
