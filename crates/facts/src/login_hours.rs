//! Login hours: the days on which a profile locks its users out, and the days with an inverted time range.
//!
//! Minutes since midnight (Metadata API Developer Guide, Profile). A day that is missing or not in numbers is ignored.
//! Refuses to know the current time: the time zone of the hours is in no file.

use sessionlint_project::metadata::{Component, text_of};
use sessionlint_source::Place;

/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// The prefixes of the elements, and the names of the days.
const DAYS: [(&str, &str); 7] = [
    ("monday", "Monday"),
    ("tuesday", "Tuesday"),
    ("wednesday", "Wednesday"),
    ("thursday", "Thursday"),
    ("friday", "Friday"),
    ("saturday", "Saturday"),
    ("sunday", "Sunday"),
];

/// When users of a profile may log in.
#[derive(Clone, Debug, Default)]
pub struct LoginHours {
    /// The element around them.
    pub place: Option<Place>,
    /// The days with hours without access, with their login hours, in words.
    pub cut: Option<String>,
    /// The days whose start is after their end, or whose hours exceed the day, in words.
    pub inverted: Option<String>,
}

/// Start and end of one day.
type Hours = (i64, i64);

/// The login hours of a profile.
pub(super) fn login_hours(component: &Component) -> LoginHours {
    let Some(node) = component.node("loginHours") else { return LoginHours::default() };
    let document = &component.document;
    let number = |element: &str| -> Option<i64> { text_of(document, document.child(node, element)?)?.parse().ok() };
    let week = DAYS.map(|(day, _)| Some((number(&format!("{day}Start"))?, number(&format!("{day}End"))?)));
    LoginHours {
        place: Some(Place { file: component.file, span: document.open_tag(node) }),
        cut: in_words(&week, leaves_time_out),
        inverted: in_words(&week, is_inverted),
    }
}

/// Whether a day has a time without access. Its last minute does not count: some files end the day at 23:59.
fn leaves_time_out((start, end): Hours) -> bool {
    start > 0 || end < DAY - 1
}

/// Whether a day has no hours: an equal start and end is a day without access, and no fault.
fn is_inverted((start, end): Hours) -> bool {
    start > end || start < 0 || end > DAY
}

/// The days for which `test` holds; neighbouring days with the same hours are one.
fn in_words(week: &[Option<Hours>; 7], test: impl Fn(Hours) -> bool) -> Option<String> {
    let mut runs: Vec<(usize, usize, Hours)> = Vec::new();
    for (day, hours) in week.iter().enumerate() {
        let Some(hours) = hours.filter(|hours| test(*hours)) else { continue };
        match runs.last_mut() {
            Some((_, last, before)) if *last + 1 == day && *before == hours => *last = day,
            _ => runs.push((day, day, hours)),
        }
    }
    let words: Vec<String> = runs.into_iter().map(|(first, last, hours)| run(first, last, hours)).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn run(first: usize, last: usize, (start, end): Hours) -> String {
    let days = match last - first {
        0 => DAYS[first].1.to_owned(),
        1 => format!("{} and {}", DAYS[first].1, DAYS[last].1),
        _ => format!("{} to {}", DAYS[first].1, DAYS[last].1),
    };
    if start == end { format!("{days} never") } else { format!("{days} {}-{}", clock(start), clock(end)) }
}

/// `06:30`; a number that is not a time of day as it is.
fn clock(minutes: i64) -> String {
    if (0..=DAY).contains(&minutes) { format!("{:02}:{:02}", minutes / 60, minutes % 60) } else { minutes.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(hours: [Hours; 7]) -> [Option<Hours>; 7] {
        hours.map(Some)
    }

    #[test]
    fn a_week_that_is_open_all_day_cuts_nothing() {
        assert_eq!(in_words(&week([(0, 1440); 7]), leaves_time_out), None);
        assert_eq!(in_words(&week([(0, 1439); 7]), leaves_time_out), None);
        assert_eq!(in_words(&[None; 7], leaves_time_out), None, "what is not written is not known");
    }

    #[test]
    fn days_with_the_same_hours_are_joined() {
        let office = week([(480, 1080), (480, 1080), (480, 1080), (480, 1080), (480, 1050), (0, 0), (0, 0)]);
        let words = "Monday to Thursday 08:00-18:00, Friday 08:00-17:30, Saturday and Sunday never";
        assert_eq!(in_words(&office, leaves_time_out).as_deref(), Some(words));
        assert_eq!(in_words(&office, is_inverted), None, "a day without access is no fault");
        let gap = week([(0, 1440), (360, 1440), (0, 1440), (360, 1440), (0, 1440), (0, 1440), (0, 1440)]);
        assert_eq!(
            in_words(&gap, leaves_time_out).as_deref(),
            Some("Tuesday 06:00-24:00, Thursday 06:00-24:00"),
            "days apart stay apart"
        );
    }

    #[test]
    fn a_night_shift_is_the_wrong_way_round() {
        let night = week([(1320, 360), (1320, 360), (0, 1440), (0, 1500), (-5, 60), (0, 0), (0, 1440)]);
        assert_eq!(
            in_words(&night, is_inverted).as_deref(),
            Some("Monday and Tuesday 22:00-06:00, Thursday 00:00-1500, Friday -5-01:00")
        );
    }
}
