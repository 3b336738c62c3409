//! Mobile security: policies of the mobile app and to whom they are assigned.
//!
//! Names and types of elements only; refuses to know what they mean: queries read them as raw tables.

use crate::metadata::kind::{Kind, flag, text};

pub(crate) const MOBILE_SECURITY_POLICY: Kind = Kind {
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
    ..Kind::new("MobileSecurityPolicy", "mobileSecurityPolicies", "mobileSecurityPolicy")
};

pub(crate) const MOBILE_SECURITY_ASSIGNMENT: Kind = Kind {
    fields: &[
        text("connectedApplication"),
        flag("isProtected"),
        text("masterLabel"),
        text("mobileSecurityPolicySet"),
        text("profile"),
    ],
    ..Kind::new("MobileSecurityAssignment", "mobileSecurityAssignments", "mobileSecurityAssignment")
};

pub(crate) const MOBILE_SECURITY_POLICY_SET: Kind = Kind {
    fields: &[text("description"), flag("isProtected"), text("masterLabel")],
    ..Kind::new("MobileSecurityPolicySet", "mobileSecurityPolicySets", "mobileSecurityPolicySet")
};

pub(crate) const MOB_SECURITY_CERT_PIN_CONFIG: Kind = Kind {
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
    ..Kind::new("MobSecurityCertPinConfig", "mobSecurityCertPinConfigs", "mobSecurityCertPinConfig")
};
