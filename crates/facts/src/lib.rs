//! Tables: raw rows as written, and views, which are the facts across files in the same shape.
//!
//! [`Facts`] computes each kind of fact once, when it is first needed; [`Views`] shapes facts into tables for queries. May
//! assume that components are well-formed. Refuses to know a severity, a wording or a rule.
//!
//! # A new table
//!
//! 1. A file with the row type, named like the table; the columns; and `impl Declared`, which finds the values and
//!    declares a row's name and the files to read.
//! 2. A line in the list of tables below. Its name, its place in [`Facts`], its shape and its part of
//!    `docs/rule-language.md` follow from the two.
//!
//! A table with the name of a metadata type has its columns beside the elements of that type. `find` reads the values of
//! other tables with `facts.all::<Other>()`.
//!
//! # A new column
//!
//! A line in the columns of its table: name, sentence for the documentation, and the cell of a value.

mod apex;
mod api_version;
mod column;
mod configured;
mod coverage;
mod credential;
mod deployment;
mod duplicate;
mod effective;
mod elsewhere;
mod forceignore;
mod held_secret;
mod host;
mod host_use;
mod lightning_out;
mod login;
mod login_hours;
mod login_policy;
mod lookup;
mod managed;
mod masking;
mod mention;
mod network;
pub mod oauth;
mod password_policy;
mod permission_set;
mod problem;
mod profile_name;
mod protection;
mod raw;
mod schema_check;
mod secret;
pub mod session;
pub mod standard;
mod stated;
mod table;
mod trusted_origin;
mod user_permission;
mod views;

use std::borrow::Cow;
use std::sync::OnceLock;

pub use apex::{Jobs, REFRESH_AT_PERCENT, refresh_at_seconds};
pub use column::Fact;
pub use network::RangeList;
pub use table::Reads;
pub use views::{Shapes, Views, documented, rests_on, rests_on_several};

use sessionlint_project::metadata::Project;
use sessionlint_project::metadata::managed::PackageOwners;
use sessionlint_soql::Value;
use table::{Listed, tables};

tables! {
    oauth::OAuthApp,
    effective::EffectiveSession,
    network::IpRange,
    network::IpRangeSet,
    coverage::EgressCoverage,
    coverage::UnadmittedTrust,
    host_use::HostUse,
    login::Grant,
    secret::Secret,
    protection::ProtectionSwitch,
    trusted_origin::TrustedOrigin,
    login::PasswordRule,
    session::TimeoutValue,
    credential::Credential,
    credential::CertificateUse,
    credential::Principal,
    credential::PrincipalGrant,
    credential::Reference,
    duplicate::Duplicate,
    managed::ManagedPackage,
    forceignore::HidingLine,
    forceignore::DeadPattern,
    deployment::Replacement,
    deployment::StrayFile,
    deployment::BackupFile,
    schema_check::UnknownValue,
    schema_check::MisplacedElement,
    schema_check::RemovedElement,
    apex::ApexSessionUse,
    apex::ApexCalloutPath,
    apex::ApexCallout,
    apex::ApexEntryPoint,
    apex::ApexKeptToken,
    apex::ApexToken,
    apex::ApexLiteral,
    apex::ApexDebug,
    apex::ApexSecretUse,
    apex::ApexCredentialUse,
    apex::ApexRevocation,
    lightning_out::AuraOutApp,
    mention::SessionMention,
    mention::SessionFormula,
    api_version::ApiVersionUse,
    held_secret::HeldSecret,
    held_secret::FlowSecret,
    held_secret::DefaultSecret,
    problem::Problem,
    problem::Project,
    problem::Component,
    session::SecuritySettings,
    session::ProfileSessionSetting,
    session::Profile,
    password_policy::ProfilePasswordPolicy,
    credential::AuthProvider,
    credential::Certificate,
    credential::InboundCertificate,
    credential::UserAuthCertificate,
    credential::SamlSsoConfig,
    permission_set::PermissionSet,
    login_policy::TransactionSecurityPolicy,
}

/// The table of managed packages: only a rule over it reports them.
pub const MANAGED_PACKAGE: &str = managed::ManagedPackage::NAME;

/// The facts of the project across its files.
#[derive(Debug)]
pub struct Facts<'p> {
    /// The project.
    pub project: &'p Project,
    org: OnceLock<session::OrgFacts>,
    managed: OnceLock<PackageOwners>,
    apex: OnceLock<apex::ApexFacts>,
    grants: OnceLock<login::Grants>,
    profile_names: OnceLock<profile_name::ProfileNames>,
    cells: Cells,
}

impl<'p> Facts<'p> {
    /// Nothing is computed yet.
    pub fn of(project: &'p Project) -> Self {
        Self {
            project,
            org: OnceLock::new(),
            managed: OnceLock::new(),
            apex: OnceLock::new(),
            grants: OnceLock::new(),
            profile_names: OnceLock::new(),
            cells: Cells::default(),
        }
    }

    /// What holds for the whole org.
    pub fn org(&self) -> &session::OrgFacts {
        self.org.get_or_init(|| session::org_facts(self.project))
    }

    /// Every profile that some file names.
    pub fn profiles(&self) -> &[session::Profile] {
        self.all()
    }

    /// Every connected app and external client app.
    pub fn apps(&self) -> &[oauth::OAuthApp] {
        self.all()
    }

    /// Every list of address ranges, in the order of the files.
    pub fn range_lists(&self) -> impl Iterator<Item = RangeList<'_>> {
        self.all::<network::IpRangeSet>().iter().map(RangeList)
    }

    /// The files that belong to a managed package.
    pub fn managed(&self) -> &PackageOwners {
        self.managed.get_or_init(|| PackageOwners::of(self.project))
    }

    /// Work of asynchronous Apex that the end of a session can break.
    pub fn jobs(&self) -> Jobs {
        self.apex().jobs()
    }

    fn profile_names(&self) -> &profile_name::ProfileNames {
        self.profile_names.get_or_init(|| profile_name::ProfileNames::of(self.project))
    }

    fn grants(&self) -> &login::Grants {
        self.grants.get_or_init(|| login::grants(self.project, self.profiles(), self.profile_names()))
    }

    fn apex(&self) -> &apex::ApexFacts {
        self.apex.get_or_init(|| apex::apex_facts(self.project, self.org()))
    }
}

/// The closed lists of values of elements: metadata type, path below the root, and the values.
pub fn enumerations() -> impl Iterator<Item = (&'static str, &'static str, &'static [&'static str])> {
    schema_check::lists()
}

/// A borrowed text value.
fn text(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use sessionlint_soql::Catalog as _;

    /// The files through which every table goes.
    const MACHINERY: [&str; 4] =
        [include_str!("table.rs"), include_str!("views.rs"), include_str!("column.rs"), include_str!("masking.rs")];

    #[test]
    fn the_list_has_all_declared_tables_of_catalog_and_documentation() {
        let listed: BTreeSet<&str> = VIEWS.iter().map(|view| view.name).collect();
        assert_eq!(listed.len(), VIEWS.len(), "a name is listed once");
        let documentation = documented();
        let headings: BTreeSet<&str> = documentation.lines().filter_map(|line| line.strip_prefix("### ")).collect();
        assert_eq!(headings, listed);
        for view in VIEWS {
            let schema = Shapes.schema(view.name).unwrap();
            assert_eq!(schema.name, view.name);
            for column in (view.columns)() {
                assert!(schema.columns.iter().any(|it| it.name == column.name), "{} {}", view.name, column.name);
                assert!(!column.doc.is_empty(), "{} {}", view.name, column.name);
                assert!(documentation.contains(&format!("| `{}` | {}", column.name, column.ty.as_str())));
            }
        }
    }

    #[test]
    fn nothing_but_the_list_names_a_table() {
        // The files of a project are a table, and a type that every table needs.
        let names = VIEWS.iter().map(|view| view.name).filter(|name| *name != "Project");
        for name in names {
            for text in MACHINERY {
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                let mut words = code.flat_map(|line| line.split(|ch: char| !ch.is_alphanumeric()));
                assert!(!words.any(|word| word == name), "{name} has a second place");
            }
            let list = include_str!("lib.rs").lines().filter(|line| line.ends_with(&format!("::{name},")));
            assert_eq!(list.count(), 1, "{name} has one line");
        }
    }

    #[test]
    fn the_dependencies_of_a_query_are_those_of_its_tables() {
        let by_one = |text: &str| rests_on([text]).into_iter().collect::<Vec<_>>();
        assert_eq!(by_one("SELECT Name FROM apexToken WHERE Name IN (SELECT Name FROM Grant)"), [Reads::Code]);
        assert_eq!(by_one("HeldSecret"), [Reads::Code, Reads::Records]);
        assert_eq!(by_one("SELECT Name FROM Profile WHERE Name = 'ApexTokens'"), []);
        assert_eq!(rests_on(["FlowSecret", "SessionMention", "AuraOutApp"]).len(), 3);
    }
}
