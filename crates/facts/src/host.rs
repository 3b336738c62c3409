//! Hosts: the host of a URL, and whether it is Salesforce's.
//!
//! Goes by names only. Refuses to know which org answers at a host.

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

/// Whether an org answers there. Salesforce's other products have domains of their own, except for one: that hosts below
/// `commercecloud.salesforce.com` are shops of B2C Commerce and no orgs is a guess from projects that call both.
pub(crate) fn is_salesforce(host: &str) -> bool {
    let is_in =
        |domain| host.strip_suffix(domain).is_some_and(|before: &str| before.is_empty() || before.ends_with('.'));
    ["salesforce.com", "force.com", "salesforce.mil"].into_iter().any(is_in) && !is_in("commercecloud.salesforce.com")
}

/// First words of hosts for other purposes, before a number.
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
        for name in [
            "notsalesforce.com",
            "salesforce.com.example.com",
            "example.com",
            "shop.us01.dx.commercecloud.salesforce.com",
        ] {
            assert!(!is_salesforce(name), "{name}");
        }
    }
}
