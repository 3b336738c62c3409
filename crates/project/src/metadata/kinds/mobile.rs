//! Mobile security: policies of the mobile app and whom they are assigned to.

use crate::metadata::kind::{Kind, Plain, flag, text};
use sessionlint_xml::Keep;

pub(crate) const MOBILE_SECURITY_POLICY: Kind = Kind {
    name: "MobileSecurityPolicy",
    folder: "mobileSecurityPolicies",
    suffix: "mobileSecurityPolicy",
    file: None,
    plain: Plain::Document,
    keep: Keep::All,
    fields: &[
        text("effectiveDate"),
        flag("isEnabled"),
        flag("isProtected"),
        text("masterLabel"),
        text("mobilePlatform"),
        text("mobileSecurityAssignment"),
        text("mobileSecurityPolicySet"),
        text("ruleValue"),
        text("ruleValueType"),
        text("severityLevel"),
        text("type"),
    ],
};

pub(crate) const MOBILE_SECURITY_ASSIGNMENT: Kind = Kind {
    name: "MobileSecurityAssignment",
    folder: "mobileSecurityAssignments",
    suffix: "mobileSecurityAssignment",
    file: None,
    plain: Plain::Document,
    keep: Keep::All,
    fields: &[
        text("connectedApplication"),
        flag("isProtected"),
        text("masterLabel"),
        text("mobileSecurityPolicySet"),
        text("profile"),
    ],
};

pub(crate) const MOBILE_SECURITY_POLICY_SET: Kind = Kind {
    name: "MobileSecurityPolicySet",
    folder: "mobileSecurityPolicySets",
    suffix: "mobileSecurityPolicySet",
    file: None,
    plain: Plain::Document,
    keep: Keep::All,
    fields: &[text("description"), flag("isProtected"), text("masterLabel")],
};

pub(crate) const MOB_SECURITY_CERT_PIN_CONFIG: Kind = Kind {
    name: "MobSecurityCertPinConfig",
    folder: "mobSecurityCertPinConfigs",
    suffix: "mobSecurityCertPinConfig",
    file: None,
    plain: Plain::Document,
    keep: Keep::All,
    fields: &[
        text("certificateHash"),
        text("domainName"),
        text("effectiveDate"),
        text("expirationDate"),
        flag("isEnabled"),
        flag("isPinningEnforced"),
        flag("isProtected"),
        flag("isSubdomainIncluded"),
        text("masterLabel"),
        text("mobilePlatform"),
        text("mobileSecurityAssignment"),
        text("mobileSecurityPolicySet"),
        text("severityLevel"),
        text("type"),
    ],
};
