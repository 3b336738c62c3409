//! The owner of a file after a fix.

use std::os::unix::fs::{MetadataExt as _, chown};

use crate::support::{self, Project};

pub(crate) fn a_file_keeps_its_owner_where_root_mends_it() {
    let path = "force-app/main/default/settings/Security.settings-meta.xml";
    let project = Project::sfdx(&[(path, support::security("TwoHours").replace("<sessionTimeout>", WARNS_NOBODY))]);
    chown(project.at(path), Some(12_345), Some(23_456)).unwrap();
    let ran = project.run(&["check", "--fix"]);
    assert!(ran.err.starts_with("fixed 1 finding in 1 file"), "{ran:?}");
    let metadata = std::fs::metadata(project.at(path)).unwrap();
    assert_eq!((metadata.uid(), metadata.gid()), (12_345, 23_456));
}

/// A switch that a safe fix turns, before the timeout.
const WARNS_NOBODY: &str = "<disableTimeoutWarning>true</disableTimeoutWarning><sessionTimeout>";
