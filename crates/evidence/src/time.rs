//! Parses times of exports and logs.
//!
//! Reads ISO 8601, the stamps of event log files, the local formats of downloads from Setup, and the times at the start of
//! a line of a log. An ambiguous time is a [`TimeError`], never a guess: a date that may have day or month first, or a
//! time that a clock shows twice or never. A time without a zone belongs to the clock of its file. Refuses to know what
//! happened at a time.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// The order of day and month in a date of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// `28/11/2026`.
    DayFirst,
    /// `11/28/2026`.
    MonthFirst,
}

/// A clock: UTC, or that of a file whose times have no zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clock(pub u32);

impl Clock {
    /// The clock of all times with a zone.
    pub const UTC: Clock = Clock(0);
}

/// A second on a clock. Moments of different clocks cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// The clock.
    pub clock: Clock,
    /// Seconds since 1970, as that clock shows them.
    pub at: i64,
}

impl Moment {
    /// `2026-11-28T09:14:03Z`, without the `Z` if the clock is not UTC.
    pub fn in_words(self) -> String {
        let zone = if self.clock == Clock::UTC { "Z" } else { "" };
        match Timestamp::from_second(self.at) {
            Ok(at) => format!("{}{zone}", Offset::UTC.to_datetime(at)),
            Err(_) => String::new(),
        }
    }
}

/// Why a text cannot be read as a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeError {
    /// The text has no known format.
    UnknownFormat,
    /// Day or month may come first.
    AmbiguousOrder,
    /// The clock shows the time twice, because it is set back.
    RepeatedHour,
    /// The clock never shows the time, because it is set forward.
    SkippedHour,
}

impl TimeError {
    /// The reason, as a clause.
    pub fn as_str(self) -> &'static str {
        match self {
            TimeError::UnknownFormat => "is not in a known format",
            TimeError::AmbiguousOrder => "may be day/month or month/day; set --date-order",
            TimeError::RepeatedHour => "occurs twice in its time zone, where the clock is set back",
            TimeError::SkippedHour => "does not exist in its time zone, where the clock is set forward",
        }
    }
}

/// How to read the times of a file.
#[derive(Clone, Debug)]
pub(crate) struct TimeOptions {
    /// The zone of times without one.
    pub(crate) zone: Option<TimeZone>,
    /// The order of dates that are all numbers.
    pub(crate) order: Option<DateOrder>,
    /// The clock of times without a zone, if no zone is given.
    pub(crate) clock: Clock,
}

/// A time in a text, before its zone and order are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ParsedTime {
    parts: DateParts,
    clock: Option<(i8, i8, i8)>,
    zone: Zone,
    /// Its length in bytes.
    pub(crate) length: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DateParts {
    Known(i16, i8, i8),
    /// Two numbers, of which one is the day, and a year.
    DayAndMonth(i8, i8, i16),
    Epoch(i64),
}

/// The zone that a text states for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Seconds east of UTC.
    Fixed(i32),
    /// An abbreviation that stands for several zones.
    Unknown,
    /// No zone.
    None,
}

/// Abbreviations that stand for one zone, with minutes east of UTC. `CST`, `IST`, `BST` and `AST` stand for several.
const ABBREVIATIONS: &[(&str, i32)] = &[
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("west", 60),
    ("cet", 60),
    ("cest", 120),
    ("eet", 120),
    ("eest", 180),
    ("jst", 540),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("est", -300),
    ("edt", -240),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
];

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A reader of the bytes of a time.
struct Cursor<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn eat(&mut self, wanted: impl Fn(u8) -> bool) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        wanted(byte).then(|| self.at += 1)?;
        Some(byte)
    }

    fn blanks(&mut self) {
        while self.peek() == b' ' {
            self.at += 1;
        }
    }

    /// The number of up to `most` digits, and how many digits there are.
    fn digits(&mut self, most: usize) -> Option<(i64, usize)> {
        let start = self.at;
        let mut number = 0_i64;
        while self.at - start < most && self.peek().is_ascii_digit() {
            number = number * 10 + i64::from(self.peek() - b'0');
            self.at += 1;
        }
        (self.at > start).then_some((number, self.at - start))
    }

    fn letters(&mut self) -> String {
        let start = self.at;
        while self.peek().is_ascii_alphabetic() {
            self.at += 1;
        }
        String::from_utf8_lossy(&self.bytes[start..self.at]).to_ascii_lowercase()
    }

    fn month(&mut self) -> Option<i8> {
        let start = self.at;
        let letters = self.letters();
        let month = MONTHS.iter().position(|month| letters.len() >= 3 && letters.starts_with(month));
        let Some(month) = month else {
            self.at = start;
            return None;
        };
        i8::try_from(month + 1).ok()
    }

    fn date(&mut self) -> Option<DateParts> {
        if self.peek().is_ascii_alphabetic() {
            // `Sat, 28 Nov 2026`, `Nov 28, 2026`.
            if let Some(month) = self.month() {
                self.blanks();
                let (day, _) = self.digits(2)?;
                self.eat(|byte| byte == b',');
                self.blanks();
                let (year, length) = self.digits(4)?;
                return (length == 4).then_some(DateParts::Known(small16(year)?, month, small(day)?));
            }
            let _ = self.letters();
            self.eat(|byte| byte == b',')?;
            self.blanks();
        }
        let start = self.at;
        let (first, length) = self.digits(18)?;
        if self.peek().is_ascii_digit() {
            return None;
        }
        match length {
            // The stamp of an event log file.
            14 => {
                self.at = start + 8;
                let date = first / 1_000_000;
                Some(DateParts::Known(small16(date / 10_000)?, small(date / 100 % 100)?, small(date % 100)?))
            }
            10 if (1_000_000_000..4_000_000_000).contains(&first) => Some(DateParts::Epoch(first)),
            13 if (1_000_000_000_000..4_000_000_000_000).contains(&first) => Some(DateParts::Epoch(first / 1000)),
            4 => {
                let sign = self.eat(|byte| matches!(byte, b'-' | b'/' | b'.'))?;
                let (month, _) = self.digits(2)?;
                self.eat(|byte| byte == sign)?;
                let (day, _) = self.digits(2)?;
                Some(DateParts::Known(small16(first)?, small(month)?, small(day)?))
            }
            1 | 2 => {
                let sign = self.eat(|byte| matches!(byte, b'-' | b'/' | b'.' | b' '))?;
                if let Some(month) = self.month() {
                    self.eat(|byte| matches!(byte, b'-' | b'/' | b'.' | b' '))?;
                    let (year, length) = self.digits(4)?;
                    return (length == 4).then_some(DateParts::Known(small16(year)?, month, small(first)?));
                }
                let (second, _) = self.digits(2)?;
                self.eat(|byte| byte == sign && sign != b' ')?;
                let (year, length) = self.digits(4)?;
                let year = match length {
                    4 => year,
                    2 => 2000 + year,
                    _ => return None,
                };
                let (first, second, year) = (small(first)?, small(second)?, small16(year)?);
                // Dates with dots always have the day first.
                Some(if sign == b'.' {
                    DateParts::Known(year, second, first)
                } else {
                    DateParts::DayAndMonth(first, second, year)
                })
            }
            _ => None,
        }
    }

    fn clock(&mut self) -> Option<(i8, i8, i8)> {
        let start = self.at;
        let found = self.clock_or_none();
        if found.is_none() {
            self.at = start;
        }
        found
    }

    fn clock_or_none(&mut self) -> Option<(i8, i8, i8)> {
        self.eat(|byte| byte == b',');
        if self.eat(|byte| matches!(byte, b'T' | b't' | b':' | b'_')).is_none() {
            self.blanks();
        }
        let (hour, length) = self.digits(6)?;
        if length == 6 {
            self.fraction();
            return Some((small(hour / 10_000)?, small(hour / 100 % 100)?, small(hour % 100)?));
        }
        self.eat(|byte| byte == b':')?;
        let (minute, two) = self.digits(2)?;
        if length > 2 || two != 2 {
            return None;
        }
        let mut second = 0;
        if self.peek() == b':' {
            self.at += 1;
            second = self.digits(2)?.0;
            self.fraction();
        }
        let mut hour = hour;
        let before = self.at;
        // Some programs write a no-break space before AM or PM.
        while matches!(self.peek(), b' ' | 0xC2 | 0xA0 | 0xE2 | 0x80 | 0xAF) {
            self.at += 1;
        }
        match self.letters().as_str() {
            "am" => hour = if hour == 12 { 0 } else { hour },
            "pm" => hour = if hour == 12 { 12 } else { hour + 12 },
            _ => self.at = before,
        }
        Some((small(hour)?, small(minute)?, small(second)?))
    }

    fn fraction(&mut self) {
        let point = matches!(self.peek(), b'.' | b',') && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit);
        if point {
            self.at += 1;
            while self.peek().is_ascii_digit() {
                self.at += 1;
            }
        }
    }

    fn zone(&mut self) -> Zone {
        let before = self.at;
        self.blanks();
        if matches!(self.peek(), b'+' | b'-') {
            let sign = if self.peek() == b'-' { -1 } else { 1 };
            self.at += 1;
            if let Some((number, length)) = self.digits(4) {
                let (hours, minutes) = if length == 4 {
                    (number / 100, number % 100)
                } else if self.peek() == b':' {
                    self.at += 1;
                    (number, self.digits(2).map_or(0, |(minutes, _)| minutes))
                } else {
                    (number, 0)
                };
                if hours <= 18 && minutes < 60 {
                    return Zone::Fixed(sign * (i32::try_from(hours * 60 + minutes).unwrap_or(0)) * 60);
                }
            }
        } else {
            let start = self.at;
            let letters = self.letters();
            let is_upper = self.bytes[start..self.at].iter().all(u8::is_ascii_uppercase);
            let known = ABBREVIATIONS.iter().find(|(name, _)| *name == letters);
            if let Some((_, minutes)) = known.filter(|_| is_upper || letters == "z") {
                return Zone::Fixed(minutes * 60);
            }
            // The next word of a log is not a zone.
            if is_upper && matches!(letters.as_str(), "cst" | "ist" | "bst" | "ast" | "sgt" | "hkt" | "msk" | "brt") {
                return Zone::Unknown;
            }
        }
        self.at = before;
        Zone::None
    }
}

fn small(number: i64) -> Option<i8> {
    i8::try_from(number).ok()
}

fn small16(number: i64) -> Option<i16> {
    i16::try_from(number).ok()
}

/// Parses the time at the start of `text`, after blanks, brackets and quotes.
pub(crate) fn parse_time(text: &str) -> Option<ParsedTime> {
    let bytes = text.as_bytes();
    let lead = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'[' | b'"' | b'\'' | b'(')).count();
    let mut cursor = Cursor { bytes, at: lead };
    let parts = cursor.date()?;
    let (clock, zone) = match parts {
        DateParts::Epoch(_) => (None, Zone::Fixed(0)),
        DateParts::Known(..) if bytes.get(lead..lead + 14).is_some_and(|it| it.iter().all(u8::is_ascii_digit)) => {
            (Some(cursor.clock()?), Zone::Fixed(0))
        }
        _ => match cursor.clock() {
            Some(clock) => (Some(clock), cursor.zone()),
            None => (None, Zone::None),
        },
    };
    let (year, month, day) = match parts {
        DateParts::Known(year, month, day) => (year, month, day),
        DateParts::DayAndMonth(first, second, year) => (year, first.min(second), first.max(second)),
        DateParts::Epoch(_) => (2000, 1, 1),
    };
    let (hour, minute, second) = clock.unwrap_or_default();
    // A leap second counts as second 59.
    let clock = clock.map(|(hour, minute, second)| (hour, minute, second.min(59)));
    let is_sound = (1990..2100).contains(&year) && second <= 60;
    (is_sound && DateTime::new(year, month, day, hour, minute, second.min(59), 0).is_ok()).then_some(ParsedTime {
        parts,
        clock,
        zone,
        length: cursor.at,
    })
}

/// Finds the first time in `text` and its offset: a level, a thread or a key may precede it.
pub(crate) fn find_time(text: &str) -> Option<(usize, ParsedTime)> {
    let bytes = text.as_bytes();
    let mut attempts = 0;
    let mut at = 0;
    while at < bytes.len().min(256) && attempts < 24 {
        let before = at.checked_sub(1).map_or(b' ', |before| bytes[before]);
        let starts =
            bytes[at].is_ascii_alphanumeric() && !before.is_ascii_alphanumeric() && !matches!(before, b'.' | b'-');
        if starts {
            attempts += 1;
            let found = text.get(at..).and_then(parse_time);
            // A date without a time of day, or a number, is often not the time of the line.
            if let Some(found) = found.filter(|it| it.clock.is_some() || (it.parts_is_epoch() && at == 0)) {
                return Some((at, found));
            }
        }
        at += 1;
    }
    None
}

impl ParsedTime {
    fn parts_is_epoch(&self) -> bool {
        matches!(self.parts, DateParts::Epoch(_))
    }

    /// The order of day and month that the date itself shows; `None` if both orders are possible, or if the month is a
    /// word.
    pub(crate) fn order(&self) -> Option<DateOrder> {
        match self.parts {
            DateParts::DayAndMonth(first, second, _) if first > 12 && second <= 12 => Some(DateOrder::DayFirst),
            DateParts::DayAndMonth(first, second, _) if second > 12 && first <= 12 => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// Whether there is a time of day.
    pub(crate) fn has_clock(&self) -> bool {
        self.clock.is_some() || self.parts_is_epoch()
    }

    /// The stated zone.
    pub(crate) fn zone(&self) -> Zone {
        self.zone
    }

    /// The moment of the time.
    pub(crate) fn moment(&self, options: &TimeOptions) -> Result<Moment, TimeError> {
        let (year, month, day) = match self.parts {
            DateParts::Epoch(at) => return Ok(Moment { clock: Clock::UTC, at }),
            DateParts::Known(year, month, day) => (year, month, day),
            DateParts::DayAndMonth(first, second, year) if first == second => (year, first, second),
            DateParts::DayAndMonth(first, second, year) => match self.order().or(options.order) {
                Some(DateOrder::DayFirst) => (year, second, first),
                Some(DateOrder::MonthFirst) => (year, first, second),
                None => return Err(TimeError::AmbiguousOrder),
            },
        };
        let (hour, minute, second) = self.clock.unwrap_or_default();
        let civil = DateTime::new(year, month, day, hour, minute, second, 0).map_err(|_| TimeError::UnknownFormat)?;
        let as_utc = Offset::UTC.to_timestamp(civil).map_err(|_| TimeError::UnknownFormat)?.as_second();
        match (self.zone, &options.zone) {
            (Zone::Fixed(east), _) => Ok(Moment { clock: Clock::UTC, at: as_utc - i64::from(east) }),
            (Zone::Unknown | Zone::None, Some(zone)) => {
                let ambiguous = zone.to_ambiguous_timestamp(civil);
                match ambiguous.offset() {
                    AmbiguousOffset::Unambiguous { offset } => {
                        Ok(Moment { clock: Clock::UTC, at: as_utc - i64::from(offset.seconds()) })
                    }
                    AmbiguousOffset::Gap { .. } => Err(TimeError::SkippedHour),
                    AmbiguousOffset::Fold { .. } => Err(TimeError::RepeatedHour),
                }
            }
            (Zone::Unknown | Zone::None, None) => Ok(Moment { clock: options.clock, at: as_utc }),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    fn options(zone: Option<&str>, order: Option<DateOrder>) -> TimeOptions {
        TimeOptions { zone: zone.map(|name| TimeZone::get(name).unwrap()), order, clock: Clock(7) }
    }

    fn read(text: &str) -> Result<String, TimeError> {
        parse_time(text).ok_or(TimeError::UnknownFormat)?.moment(&options(None, None)).map(Moment::in_words)
    }

    #[test]
    fn the_forms_of_exports_and_logs() {
        for (text, expected) in [
            ("2026-11-01T10:00:00.000+0000", "2026-11-01T10:00:00Z"),
            ("2026-11-01T10:00:00.000Z", "2026-11-01T10:00:00Z"),
            ("2026-11-01T10:00:00+02:00", "2026-11-01T08:00:00Z"),
            ("2026-11-01 10:00:00,123", "2026-11-01T10:00:00"),
            ("20231218054831.655", "2023-12-18T05:48:31Z"),
            ("7/19/2026, 7:05:31 AM EST", "2026-07-19T12:05:31Z"),
            ("7/19/2026, 12:05:31 AM PDT", "2026-07-19T07:05:31Z"),
            ("7/19/2026 12:05 PM", "2026-07-19T12:05:00"),
            ("19/07/2026 13:05", "2026-07-19T13:05:00"),
            ("7/19/2026, 7:05:31\u{202F}PM CST", "2026-07-19T19:05:31"),
            ("7/7/2026 10:00", "2026-07-07T10:00:00"),
            ("28.11.2026 09:14:03", "2026-11-28T09:14:03"),
            ("28/Nov/2026:09:14:03 +0100", "2026-11-28T08:14:03Z"),
            ("Nov 28, 2026 9:14:03 PM", "2026-11-28T21:14:03"),
            ("Sat, 28 Nov 2026 09:14:03 GMT", "2026-11-28T09:14:03Z"),
            ("1795857243", "2026-11-28T09:14:03Z"),
            ("1795857243123", "2026-11-28T09:14:03Z"),
            ("2026-11-28", "2026-11-28T00:00:00"),
            ("[2026-11-28 09:14:03] ERROR", "2026-11-28T09:14:03"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(read("7/9/2026, 7:05:31 AM EST"), Err(TimeError::AmbiguousOrder));
        for text in
            ["", "yesterday", "13/13/2026 10:00", "2026-02-30T10:00:00Z", "Nov 28 09:14:03", "12345", "99999999999999"]
        {
            assert_eq!(read(text), Err(TimeError::UnknownFormat), "{text}");
        }
    }

    #[test]
    fn a_zone_that_is_given_holds_for_times_without_one() {
        let berlin = options(Some("Europe/Berlin"), Some(DateOrder::DayFirst));
        let read = |text: &str| parse_time(text).unwrap().moment(&berlin).map(Moment::in_words);
        assert_eq!(read("24.10.2026 10:00").as_deref(), Ok("2026-10-24T08:00:00Z"));
        assert_eq!(read("26.10.2026 10:00").as_deref(), Ok("2026-10-26T09:00:00Z"));
        assert_eq!(read("25.10.2026 02:30"), Err(TimeError::RepeatedHour));
        assert_eq!(read("29.03.2026 02:30"), Err(TimeError::SkippedHour));
        assert_eq!(read("2/3/2026 10:00").as_deref(), Ok("2026-03-02T09:00:00Z"));
        assert_eq!(read("2026-10-25T02:30:00Z").as_deref(), Ok("2026-10-25T02:30:00Z"));
    }

    #[test]
    fn a_time_stands_near_the_start_of_a_line() {
        let at = |text: &str| find_time(text).map(|(at, it)| (at, it.length));
        assert_eq!(at("ERROR [main] 2026-11-28T09:14:03Z boom"), Some((13, 20)));
        assert_eq!(at(r#"{"level":"error","time":"2026-11-28T09:14:03Z"}"#), Some((25, 20)));
        assert_eq!(at("version 1.2.2026 of 10"), None);
        assert_eq!(at("é 2026-11-28 09:14:03 boom").map(|it| it.0), Some(3));
    }
}
