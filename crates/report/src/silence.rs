//! What a run leaves out, and why: rules that did not run, findings that were suppressed, a run that fails only at a
//! higher severity or never.
//!
//! A clean report means little where a person turned the rules off, so every format has these sentences. Refuses to
//! judge: a preset that leaves rules out is a fact like a configuration that does.

use serde::Serialize;

use super::text::capitalised;
use sessionlint_source::words::{count, counted};

/// The number of rules and findings that are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Silence {
    /// Findings that the configuration suppresses.
    pub suppressed_by_configuration: usize,
    /// Findings that a comment suppresses.
    pub suppressed_by_comment: usize,
    /// Findings in the baseline; JSON has them already.
    #[serde(skip)]
    pub baselined: usize,
    /// Findings in files that `--exclude` matches.
    pub excluded: usize,
    /// Findings that are less severe than what is shown.
    pub below_min_severity: usize,
    /// The least severity that is shown.
    #[serde(skip)]
    pub min_severity: &'static str,
    /// Rules that ran.
    pub rules: usize,
    /// Rules that belong to no preset of the run.
    pub rules_off_by_preset: usize,
    /// Preview rules that were not requested.
    pub rules_off_by_preview: usize,
    /// Rules that the configuration leaves out.
    pub rules_off_by_configuration: usize,
    /// Rules that `--select` or `--ignore` leaves out.
    pub rules_off_by_command_line: usize,
    /// Rules of the scanned project.
    pub rules_of_project: usize,
    /// The least severity that makes the run fail.
    pub fail_on: &'static str,
    /// Whether that is higher than without any configuration.
    #[serde(skip)]
    pub is_fail_on_loose: bool,
    /// Whether it was not typed.
    #[serde(skip)]
    pub is_fail_on_configured: bool,
    /// Whether the run ends with 0 whatever it finds.
    #[serde(skip)]
    pub is_exit_zero: bool,
    /// The file of the configuration.
    pub configuration: Option<String>,
}

impl Silence {
    /// The remarks, each as a sentence without a capital and a full stop.
    pub fn phrases(&self) -> Vec<String> {
        let mut phrases = Vec::new();
        let off = [
            (self.rules_off_by_preset, "outside the preset"),
            (self.rules_off_by_preview, "in preview"),
            (self.rules_off_by_configuration, "by the configuration"),
            (self.rules_off_by_command_line, "by --select or --ignore"),
        ];
        phrases.extend(with_reasons(&off, "rule did not run", "rules did not run"));
        let out =
            [(self.suppressed_by_configuration, "by the configuration"), (self.suppressed_by_comment, "by comments")];
        phrases.extend(with_reasons(&out, "finding is suppressed", "findings are suppressed"));
        phrases.extend(match self.baselined {
            0 => None,
            1 => Some("1 finding is in the baseline".to_owned()),
            many => Some(format!("{many} findings are in the baseline")),
        });
        let out = [(self.excluded, "by --exclude")];
        phrases.extend(with_reasons(&out, "finding is in an excluded file", "findings are in excluded files"));
        let (least, out) = (self.min_severity, [(self.below_min_severity, "by --min-severity")]);
        let (one, many) =
            (format!("finding below {least} is not shown"), format!("findings below {least} are not shown"));
        phrases.extend(with_reasons(&out, &one, &many));
        if self.rules_of_project > 0 {
            phrases.push(format!("the project brings {} of its own", count(self.rules_of_project, "rule")));
        }
        if self.is_exit_zero {
            phrases.push("no finding fails the run (by --exit-zero)".to_owned());
        } else if self.is_fail_on_loose {
            let who = if self.is_fail_on_configured { "by the configuration" } else { "by --fail-on" };
            phrases.push(match self.fail_on {
                "never" => format!("no finding fails the run ({who})"),
                severity => format!("only findings from {severity} on fail the run ({who})"),
            });
        }
        phrases
    }

    /// The same as sentences.
    pub fn sentences(&self) -> Vec<String> {
        self.phrases().into_iter().map(|phrase| format!("{}.", capitalised(&phrase))).collect()
    }
}

/// `3 rules did not run (2 outside the preset, 1 by the configuration)`.
fn with_reasons(parts: &[(usize, &str)], one: &str, many: &str) -> Option<String> {
    let parts: Vec<_> = parts.iter().filter(|(number, _)| *number > 0).collect();
    let number: usize = parts.iter().map(|(number, _)| number).sum();
    let why = match parts.as_slice() {
        [] => return None,
        [(_, why)] => (*why).to_owned(),
        _ => parts.iter().map(|(number, why)| format!("{number} {why}")).collect::<Vec<_>>().join(", "),
    };
    Some(format!("{} ({why})", counted(number, one, many)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_stated() {
        let silence = Silence {
            suppressed_by_configuration: 2,
            suppressed_by_comment: 1,
            baselined: 1,
            excluded: 3,
            below_min_severity: 2,
            min_severity: "warning",
            rules_off_by_preset: 40,
            rules_off_by_preview: 2,
            rules_off_by_configuration: 1,
            rules_of_project: 1,
            fail_on: "error",
            is_fail_on_loose: true,
            is_fail_on_configured: true,
            ..Silence::default()
        };
        assert_eq!(
            silence.sentences(),
            [
                "43 rules did not run (40 outside the preset, 2 in preview, 1 by the configuration).",
                "3 findings are suppressed (2 by the configuration, 1 by comments).",
                "1 finding is in the baseline.",
                "3 findings are in excluded files (by --exclude).",
                "2 findings below warning are not shown (by --min-severity).",
                "The project brings 1 rule of its own.",
                "Only findings from error on fail the run (by the configuration)."
            ]
        );
        let never =
            Silence { fail_on: "never", is_fail_on_loose: true, rules_off_by_command_line: 1, ..Silence::default() };
        assert_eq!(
            never.phrases(),
            ["1 rule did not run (by --select or --ignore)", "no finding fails the run (by --fail-on)"]
        );
        let zero = Silence { is_exit_zero: true, ..never };
        assert_eq!(zero.phrases()[1], "no finding fails the run (by --exit-zero)");
        assert_eq!(Silence::default().phrases(), [] as [&str; 0]);
    }
}
