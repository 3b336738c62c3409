//! Hosts: the host of an address, and whether it is Salesforce's; single sign-on's own address among them.

use super::written;
use crate::column::Fact;
use crate::stated;
use sessionlint_project::metadata::Project;

/// The host of an http address in lower case, without user and port.
pub(crate) fn host(address: &str) -> Option<String> {
    let (scheme, rest) = address.trim().split_once("://")?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?.to_ascii_lowercase();
    (!host.is_empty()).then_some(host)
}

/// Whether an org answers there. Salesforce's other products have domains of their own.
pub(crate) fn is_salesforce(host: &str) -> bool {
    ["salesforce.com", "force.com", "salesforce.mil"]
        .into_iter()
        .any(|domain| host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.')))
}

/// Whether the host is login's (`login`), names an instance (`instance`), or is something else (`other`).
fn kind_of(host: &str) -> &'static str {
    let Some(first) = host.strip_suffix(".salesforce.com") else { return "other" };
    match first {
        "login" | "test" => "login",
        _ if is_instance(first) => "instance",
        _ => "other",
    }
}

/// Words that hosts of other purposes begin with, and a number after them.
const NO_INSTANCES: &[&str] = &["org", "www", "dev", "test", "prod", "demo"];

/// Whether a name is that of an instance: two to four letters and one to three digits (`na12`, `cs5`, `usa8s`).
pub(crate) fn is_instance(name: &str) -> bool {
    let name = name.strip_suffix('s').filter(|rest| rest.ends_with(|ch: char| ch.is_ascii_digit())).unwrap_or(name);
    let digits = name.len() - name.trim_end_matches(|ch: char| ch.is_ascii_digit()).len();
    let letters = &name[..name.len() - digits];
    (1..=3).contains(&digits)
        && (2..=4).contains(&letters.len())
        && letters.bytes().all(|byte| byte.is_ascii_lowercase())
        && !NO_INSTANCES.contains(&letters)
}

/// Single sign-on, and what its own address says.
#[derive(Debug)]
pub(crate) struct SamlSsoConfig {
    /// Kind of the host of `salesforceLoginUrl`.
    pub(super) login_host_kind: Fact<&'static str>,
    /// The host.
    pub(super) login_host: Fact<String>,
    /// Whether the org takes logins at its My Domain only.
    pub(super) is_my_domain_only: Fact<bool>,
}

/// One for each component of the kind, in order.
pub(crate) fn saml_facts(project: &Project) -> Vec<SamlSsoConfig> {
    let only = stated::flag(project, "MyDomainSettings", "canOnlyLoginWithMyDomainUrl");
    let facts = |component| {
        let login_host = written(component, "salesforceLoginUrl").and_then(|address| host(&address));
        SamlSsoConfig {
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
    fn hosts_are_taken_out_of_addresses() {
        assert_eq!(host("https://na12.salesforce.com:443/services").as_deref(), Some("na12.salesforce.com"));
        assert_eq!(host(" HTTPS://user:word@API.example.com?x=1").as_deref(), Some("api.example.com"));
        assert_eq!(host("https://"), None);
        assert_eq!(host("api.example.com"), None);
        assert_eq!(host("sfdc://x"), None);
    }

    #[test]
    fn hosts_of_orgs_are_known() {
        for name in
            ["login.salesforce.com", "acme.my.salesforce.com", "acme--dev.sandbox.my.salesforce.com", "force.com"]
        {
            assert!(is_salesforce(name), "{name}");
        }
        for name in ["notsalesforce.com", "salesforce.com.example.com", "example.com"] {
            assert!(!is_salesforce(name), "{name}");
        }
    }

    #[test]
    fn hosts_that_name_no_my_domain_are_told_apart() {
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
