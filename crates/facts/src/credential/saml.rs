//! Single sign-on configurations, and the kind of host in the login URL of each.
//!
//! Goes by the name of the host. Refuses to know which org answers there.

use super::element::{label, written};
use crate::column::Fact;
use crate::host::{host, is_instance};
use crate::stated;
use sessionlint_project::metadata::Project;

/// Whether the host is the login host (`login`), names an instance (`instance`), or is something else (`other`).
fn kind_of(host: &str) -> &'static str {
    let Some(first) = host.strip_suffix(".salesforce.com") else { return "other" };
    match first {
        "login" | "test" => "login",
        _ if is_instance(first) => "instance",
        _ => "other",
    }
}

/// A single sign-on configuration and the host of its login URL.
#[derive(Debug)]
pub(crate) struct SamlSsoConfig {
    /// Its label, which the element `name` contains; else the name of its file.
    pub(super) label: String,
    /// Kind of the host of `salesforceLoginUrl`.
    pub(super) login_host_kind: Fact<&'static str>,
    /// The host.
    pub(super) login_host: Fact<String>,
    /// Whether the org accepts logins at its My Domain only.
    pub(super) is_my_domain_only: Fact<bool>,
}

/// One for each component of the kind, in order.
pub(crate) fn saml_facts(project: &Project) -> Vec<SamlSsoConfig> {
    let only = stated::flag(project, "MyDomainSettings", "canOnlyLoginWithMyDomainUrl");
    let facts = |component| {
        let login_host = written(component, "salesforceLoginUrl").and_then(|address| host(&address));
        SamlSsoConfig {
            label: label(component).to_owned(),
            login_host_kind: login_host.clone().map(|host| kind_of(&host)),
            login_host,
            is_my_domain_only: only.clone(),
        }
    };
    project.of_type("SamlSsoConfig").map(|(_, component)| facts(component)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_other_than_a_my_domain_are_recognised() {
        let table = [
            ("login.salesforce.com", "login"),
            ("test.salesforce.com", "login"),
            ("na12.salesforce.com", "instance"),
            ("cs5.salesforce.com", "instance"),
            ("usa8s.salesforce.com", "instance"),
            ("acme.my.salesforce.com", "other"),
            ("help.salesforce.com", "other"),
            ("emea.salesforce.com", "other"),
            ("org62.salesforce.com", "other"),
            ("na12.example.com", "other"),
        ];
        for (name, expected) in table {
            assert_eq!(kind_of(name), expected, "{name}");
        }
    }
}
