//! Measures how long after its start a session ends.
//!
//! May assume nothing about which start belongs to which end: sessions overlap, logins are missing, and failures have
//! other causes. The result is the interval at which far more ends have a start than by chance. Refuses to know what a
//! session is.

#![allow(clippy::cast_precision_loss, reason = "counts and seconds are far below what a float holds")]

/// Seconds within which a repeated failure is a retry of the client.
const BURST: i64 = 300;
/// Seconds by which two clocks may differ.
const SKEW: i64 = 120;
/// The longest interval that is considered if none is expected.
const MAX_INTERVAL: i64 = 48 * 3600;
/// Starts before an end that are compared.
const STARTS_PER_END: usize = 8;
/// Ends that are compared.
const MAX_ENDS: usize = 20_000;
/// The shortest life that counts as that of a session.
const MIN_LIFE: i64 = 300;

/// An interval between starts and ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeasuredInterval {
    /// Its median, in seconds.
    pub seconds: i64,
    /// The shortest matching interval.
    pub least: i64,
    /// The longest matching interval.
    pub most: i64,
    /// Ends that have a start at this interval.
    pub matched: usize,
    /// Ends that could match: the first one after a start, and those that match.
    pub of: usize,
    /// Further ends: repeated failures, or sessions whose start is missing.
    pub further: usize,
    /// The probability that chance gives as many matches at any interval.
    pub chance: f64,
    /// The schedule that the ends follow, if any.
    pub schedule: Option<Schedule>,
}

/// The period of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// The same minutes of each hour.
    Hourly,
    /// The same minutes of each day.
    Daily,
}

/// The confidence of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Few ends match, or a schedule explains them as well.
    Low,
    /// Most ends match.
    Medium,
    /// At least five ends match, and nearly all do.
    High,
}

impl Confidence {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

impl MeasuredInterval {
    /// The confidence; `None` if chance explains the interval.
    pub fn confidence(&self) -> Option<Confidence> {
        let share = self.matched as f64 / self.of.max(1) as f64;
        if self.matched < 3 || share < 0.4 || self.chance > 0.01 {
            return None;
        }
        let sure = match () {
            () if self.matched >= 5 && share >= 0.8 && self.chance < 0.001 => Confidence::High,
            () if share >= 0.6 => Confidence::Medium,
            () => Confidence::Low,
        };
        Some(match self.schedule {
            None => sure,
            Some(Schedule::Hourly) => sure.min(Confidence::Medium),
            Some(Schedule::Daily) => Confidence::Low,
        })
    }
}

/// Seconds by which the end of a session may be observed late, because calls do not come every minute.
fn late(life: i64) -> i64 {
    (life / 20).clamp(240, 12 * 3600)
}

/// Measures the interval between `starts` and `ends`, in seconds of one clock. `lives` are expected intervals, which are
/// found at any length. An end may be observed up to `delay` seconds late.
pub fn measure(starts: &[i64], ends: &[i64], lives: &[i64], delay: i64) -> Option<MeasuredInterval> {
    let starts = sorted(starts);
    let ends = without_bursts(&starts, sorted(ends));
    if starts.is_empty() || ends.is_empty() {
        return None;
    }
    // Ends with a start since the previous end.
    let first: Vec<bool> = ends
        .iter()
        .enumerate()
        .map(|(at, end)| {
            let before = if at == 0 { i64::MIN } else { ends[at - 1] };
            let next = starts.partition_point(|start| *start <= before);
            starts.get(next).is_some_and(|start| start <= end)
        })
        .collect();
    let mut windows: Vec<(i64, i64)> =
        lives.iter().filter(|life| **life >= MIN_LIFE).map(|life| (life - SKEW, life + late(*life) + delay)).collect();
    let known = windows.len();
    windows.extend(peak(&starts, &ends, &first, delay));
    let mut best: Option<(usize, bool, i64, MeasuredInterval)> = None;
    for (at, window) in windows.iter().enumerate() {
        let Some(measured) = within(&starts, &ends, &first, *window) else { continue };
        let is_known = at < known;
        // An expected life explains as much as a peak that is hardly higher.
        let grade = if is_known { measured.matched + measured.matched / 8 } else { measured.matched };
        let is_better = match &best {
            None => true,
            Some((other, other_known, low, _)) => (grade, is_known, -window.0) > (*other, *other_known, -*low),
        };
        if is_better {
            best = Some((grade, is_known, window.0, measured));
        }
    }
    let (.., measured) = best?;
    Some(MeasuredInterval { chance: (measured.chance * 600.0).min(1.0), ..measured })
}

/// Like [`measure`], for `intervals` whose start and end are known to belong together.
pub fn measure_exact(intervals: &[i64], lives: &[i64], delay: i64) -> Option<MeasuredInterval> {
    let sorted = sorted(intervals);
    let mut windows: Vec<(i64, i64)> = lives.iter().map(|life| (life - SKEW, life + late(*life) + delay)).collect();
    windows.extend(sorted.iter().map(|it| (*it, it + late(*it) + delay)));
    let count = |(low, high): &(i64, i64)| intervals.iter().filter(|it| (*low..=*high).contains(it)).count();
    let window = windows.iter().rev().max_by_key(|window| (count(window), -window.0))?;
    let mut agreeing: Vec<i64> = intervals.iter().copied().filter(|it| (window.0..=window.1).contains(it)).collect();
    agreeing.sort_unstable();
    Some(MeasuredInterval {
        seconds: *agreeing.get(agreeing.len() / 2)?,
        least: *agreeing.first()?,
        most: *agreeing.last()?,
        matched: agreeing.len(),
        of: intervals.len(),
        further: 0,
        chance: 0.0,
        schedule: None,
    })
}

/// Whether a measured interval matches a life.
pub fn fits(measured: i64, life: i64, delay: i64) -> bool {
    (life - SKEW..=life + late(life) + delay).contains(&measured)
}

fn sorted(times: &[i64]) -> Vec<i64> {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.dedup();
    times
}

/// The ends without retries: those shortly after another end, with no start between them.
fn without_bursts(starts: &[i64], ends: Vec<i64>) -> Vec<i64> {
    let mut kept: Vec<i64> = Vec::new();
    let mut before = i64::MIN;
    for end in ends {
        let follows = before != i64::MIN && end - before <= BURST;
        let next = starts.partition_point(|start| *start <= before);
        let is_new = starts.get(next).is_some_and(|start| *start <= end);
        before = end;
        if (!follows || is_new) && kept.len() < MAX_ENDS {
            kept.push(end);
        }
    }
    kept
}

/// The window of intervals in which the most ends have a start.
fn peak(starts: &[i64], ends: &[i64], first: &[bool], delay: i64) -> Option<(i64, i64)> {
    let mut differences: Vec<(i64, usize)> = Vec::new();
    for (index, end) in ends.iter().enumerate().filter(|(index, _)| first[*index]) {
        let last = starts.partition_point(|start| start <= end);
        let near = starts[..last].iter().rev().take(STARTS_PER_END).map(|start| end - start);
        differences.extend(near.filter(|it| (MIN_LIFE..=MAX_INTERVAL).contains(it)).map(|it| (it, index)));
    }
    differences.sort_unstable();
    let mut counts = vec![0_u32; ends.len()];
    let (mut next, mut distinct) = (0, 0_usize);
    let mut best: Option<(usize, (i64, i64))> = None;
    for (difference, index) in &differences {
        let high = difference + late(*difference) + delay;
        while let Some((other, of)) = differences.get(next).filter(|(other, _)| *other <= high) {
            let _ = other;
            distinct += usize::from(counts[*of] == 0);
            counts[*of] += 1;
            next += 1;
        }
        if best.is_none_or(|(most, _)| distinct > most) {
            best = Some((distinct, (*difference, high)));
        }
        counts[*index] -= 1;
        distinct -= usize::from(counts[*index] == 0);
    }
    best.map(|(_, window)| window)
}

/// Pairs each end with at most one start whose interval is within a window.
fn within(starts: &[i64], ends: &[i64], first: &[bool], (low, high): (i64, i64)) -> Option<MeasuredInterval> {
    let mut next = 0;
    let (mut agreeing, mut agreeing_ends, mut of) = (Vec::new(), Vec::new(), 0);
    for (end, is_first) in ends.iter().zip(first) {
        while starts.get(next).is_some_and(|start| *start < end - high) {
            next += 1;
        }
        let is_matched = starts.get(next).is_some_and(|start| *start <= end - low);
        if is_matched {
            agreeing.push(end - starts[next]);
            agreeing_ends.push(*end);
            next += 1;
        }
        of += usize::from(is_matched || *is_first);
    }
    agreeing.sort_unstable();
    let matched = agreeing.len();
    // The share of the time in which an end at random would have a start at such an interval.
    let span = (ends.last()?.max(starts.last()?) - starts.first()?.min(ends.first()?)).max(1);
    let mut covered = 0;
    let mut reach = i64::MIN;
    for start in starts {
        let (from, to) = ((start + low).max(reach), start + high);
        covered += (to - from).max(0);
        reach = reach.max(to);
    }
    let share = (covered as f64 / span as f64).clamp(0.001, 1.0);
    Some(MeasuredInterval {
        seconds: *agreeing.get(matched / 2)?,
        least: *agreeing.first()?,
        most: *agreeing.last()?,
        matched,
        of,
        further: ends.len() - of,
        chance: tail(of, matched, share),
        schedule: schedule(&agreeing_ends),
    })
}

/// The probability of at least `hits` successes in `tries`, each with probability `share`.
fn tail(tries: usize, hits: usize, share: f64) -> f64 {
    if share >= 1.0 {
        return 1.0;
    }
    let (mut log, mut sum) = (tries as f64 * (1.0 - share).ln(), 0.0);
    for hit in 0..=tries {
        if hit >= hits {
            sum += log.exp();
        }
        log += ((tries - hit).max(1) as f64 / (hit + 1) as f64).ln() + (share / (1.0 - share)).ln();
    }
    sum.min(1.0)
}

/// The schedule that the ends follow, if any.
fn schedule(ends: &[i64]) -> Option<Schedule> {
    let gathers = |period: i64, width: i64| {
        let mut phases: Vec<i64> = ends.iter().map(|end| end.rem_euclid(period)).collect();
        phases.sort_unstable();
        let around: Vec<i64> = phases.iter().copied().chain(phases.iter().map(|phase| phase + period)).collect();
        let most =
            around.iter().enumerate().take(phases.len()).map(|(at, low)| {
                around[at..].iter().take_while(|phase| **phase <= low + width).count().min(phases.len())
            });
        ends.len() >= 4 && most.max().unwrap_or(0) * 10 >= ends.len() * 8
    };
    let days = ends.last()? - ends.first()? >= 2 * 86_400;
    if days && gathers(86_400, 1200) {
        Some(Schedule::Daily)
    } else if gathers(3600, 300) {
        Some(Schedule::Hourly)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers without a pattern, the same in each run.
    fn noise(seed: u64) -> impl FnMut(i64) -> i64 {
        let mut state = seed;
        move |below| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33).cast_signed() % below
        }
    }

    #[test]
    fn a_life_stands_out_of_noise_and_missing_logins() {
        for seed in 0..50 {
            let mut next = noise(seed);
            let (mut starts, mut ends, mut at) = (Vec::new(), Vec::new(), 1_790_000_000);
            for session in 0..20 {
                at += 4 * 3600 + next(6 * 3600);
                // Each tenth login is not in the export, each sixth session fails for another reason.
                if session % 10 != 3 {
                    starts.push(at);
                }
                ends.push(if session % 6 == 5 { at + 600 + next(5000) } else { at + 7200 + next(200) });
                // The client tries again.
                ends.extend([ends[ends.len() - 1] + 20, ends[ends.len() - 1] + 70]);
            }
            let measured = measure(&starts, &ends, &[], 0).unwrap();
            assert!((7200..7400).contains(&measured.seconds), "{seed}: {measured:?}");
            assert!(measured.matched >= 14, "{seed}: {measured:?}");
            assert_eq!(measured.confidence(), Some(Confidence::High), "{seed}: {measured:?}");
            assert!(fits(measured.seconds, 7200, 0) && !fits(measured.seconds, 3600, 0));
        }
    }

    #[test]
    fn overlapping_sessions_are_distinguished() {
        let mut next = noise(7);
        let (mut starts, mut ends, mut at) = (Vec::new(), Vec::new(), 1_790_000_000);
        for _ in 0..12 {
            at += 5 * 3600 + next(7 * 3600);
            let other = at + 1500 + next(1200);
            starts.extend([at, other]);
            ends.extend([at + 7200 + next(60), other + 7200 + next(60)]);
        }
        let measured = measure(&starts, &ends, &[3600, 7200, 28_800], 0).unwrap();
        assert_eq!((measured.matched, measured.of), (24, 24), "{measured:?}");
        assert_eq!(measured.confidence(), Some(Confidence::High));
    }

    #[test]
    fn chance_is_no_life() {
        for seed in 0..200 {
            let mut next = noise(1000 + seed);
            let starts: Vec<i64> = (0..400).map(|_| 1_790_000_000 + next(30 * 86_400)).collect();
            let ends: Vec<i64> = (0..25).map(|_| 1_790_000_000 + next(30 * 86_400)).collect();
            let measured = measure(&starts, &ends, &[900, 1800, 3600, 7200, 14_400, 28_800, 43_200], 0);
            let sure = measured.and_then(|it| it.confidence());
            assert!(sure.is_none_or(|it| it < Confidence::High), "{seed}: {measured:?}");
        }
    }

    #[test]
    fn an_interval_by_chance_or_of_few_ends_has_no_confidence() {
        let sound = MeasuredInterval {
            seconds: 7200,
            least: 7200,
            most: 7260,
            matched: 4,
            of: 10,
            further: 0,
            chance: 0.01,
            schedule: None,
        };
        assert_eq!(sound.confidence(), Some(Confidence::Low));
        assert_eq!(MeasuredInterval { matched: 2, of: 2, ..sound }.confidence(), None);
        assert_eq!(MeasuredInterval { of: 11, ..sound }.confidence(), None);
        assert_eq!(MeasuredInterval { chance: 0.011, ..sound }.confidence(), None);
    }

    #[test]
    fn a_schedule_lowers_the_confidence() {
        let starts: Vec<i64> = (0..10).map(|day| 1_790_000_000 + day * 86_400).collect();
        let ends: Vec<i64> = starts.iter().map(|start| start + 7200).collect();
        let measured = measure(&starts, &ends, &[7200], 0).unwrap();
        assert_eq!((measured.schedule, measured.confidence()), (Some(Schedule::Daily), Some(Confidence::Low)));
    }

    #[test]
    fn the_tail_of_a_binomial() {
        assert!((tail(10, 0, 0.3) - 1.0).abs() < 1e-9);
        assert!((tail(2, 2, 0.5) - 0.25).abs() < 1e-9);
        assert!((tail(5, 1, 0.2) - (1.0 - 0.8_f64.powi(5))).abs() < 1e-9);
    }
}
