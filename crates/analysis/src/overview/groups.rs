//! Groups profiles whose sessions are equal in every value, so that a page has one row for all of them.
//!
//! Refuses to know formats.

use serde::Serialize;

use crate::sessions::{Profile, Sessions};

/// Profiles with equal values; only the deciding file may differ.
#[derive(Debug, Serialize)]
pub struct Group {
    /// Minutes of their own override.
    pub own: Option<i64>,
    /// Minutes of the org.
    pub org: Option<i64>,
    /// Effective minutes.
    pub effective: Option<i64>,
    /// Minutes if the shortest level wins.
    pub shortest: Option<i64>,
    /// The level that decides; none if it is unknown.
    pub level: Option<&'static str>,
    /// The variable or file that replaces the deciding value at deployment.
    pub replaced_by: Option<String>,
    /// The profiles, by name.
    pub profiles: Vec<Member>,
}

/// A profile of a group.
#[derive(Debug, Serialize)]
pub struct Member {
    /// Its label.
    pub name: String,
    /// The deciding file.
    pub path: Option<String>,
    /// The line in it.
    pub line: Option<u32>,
}

impl Group {
    fn of(profile: &Profile) -> Self {
        Self {
            own: profile.profile_minutes,
            org: profile.org_minutes,
            effective: profile.effective_minutes,
            shortest: profile.shortest_minutes,
            level: profile.decided_by.as_ref().map(|by| by.level),
            replaced_by: profile.replaced_by.clone(),
            profiles: Vec::new(),
        }
    }

    fn has(&self, profile: &Profile) -> bool {
        let other = Self::of(profile);
        (self.own, self.org, self.effective, self.shortest) == (other.own, other.org, other.effective, other.shortest)
            && (self.level, &self.replaced_by) == (other.level, &other.replaced_by)
    }

    /// Whether its sessions have fewer minutes than `minutes`.
    pub fn is_below(&self, minutes: i64) -> bool {
        self.effective.is_some_and(|effective| effective < minutes)
    }
}

/// The groups in the order of the sessions: the shortest first, the unknown last.
pub(super) fn groups(sessions: &Sessions) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for profile in &sessions.profiles {
        let by = profile.decided_by.as_ref();
        let member = Member {
            name: profile.profile.clone(),
            path: by.and_then(|by| by.path.clone()),
            line: by.and_then(|by| by.line),
        };
        let at = groups.iter().position(|group| group.has(profile)).unwrap_or_else(|| {
            groups.push(Group::of(profile));
            groups.len() - 1
        });
        groups[at].profiles.push(member);
    }
    groups
}
