//! Profiles, permission sets, and the settings of single profiles.
//!
//! Profiles, permission sets and muting sets can hold tens of thousands of elements about objects and fields; only the
//! elements listed here are kept. Refuses to know which users have them.

use crate::metadata::kind::{Field, KeptElements, Kind, flag, group, int, list, rows, stray, text};

const EXTERNAL_CREDENTIAL_PRINCIPAL_ACCESSES: &[Field] = &[flag("enabled"), text("externalCredentialPrincipal")];

const LOGIN_FLOWS: &[Field] = &[
    text("flow"),
    text("flowType"),
    text("friendlyName"),
    text("uiLoginFlowType"),
    flag("useLightningRuntime"),
    text("vfFlowPage"),
    text("vfFlowPageTitle"),
];

const LOGIN_IP_RANGES: &[Field] = &[text("description"), text("endAddress"), text("startAddress")];

const OBJECT_PERMISSIONS: &[Field] = &[
    flag("allowCreate"),
    flag("allowDelete"),
    flag("allowEdit"),
    flag("allowRead"),
    flag("modifyAllRecords"),
    text("object"),
    flag("viewAllFields"),
    flag("viewAllRecords"),
];

const USER_PERMISSIONS: &[Field] = &[flag("enabled"), text("name")];

pub(crate) const PROFILE: Kind = Kind {
    keeps: KeptElements::Listed,
    fields: &[
        flag("custom"),
        text("description"),
        rows("externalCredentialPrincipalAccesses", EXTERNAL_CREDENTIAL_PRINCIPAL_ACCESSES),
        text("fullName"),
        rows("loginFlows", LOGIN_FLOWS),
        group("loginHours"),
        int("loginHours.fridayEnd"),
        int("loginHours.fridayStart"),
        int("loginHours.mondayEnd"),
        int("loginHours.mondayStart"),
        int("loginHours.saturdayEnd"),
        int("loginHours.saturdayStart"),
        int("loginHours.sundayEnd"),
        int("loginHours.sundayStart"),
        int("loginHours.thursdayEnd"),
        int("loginHours.thursdayStart"),
        int("loginHours.tuesdayEnd"),
        int("loginHours.tuesdayStart"),
        int("loginHours.wednesdayEnd"),
        int("loginHours.wednesdayStart"),
        rows("loginIpRanges", LOGIN_IP_RANGES),
        stray("passwordPolicies"),
        stray("requiredSessionLevel"),
        stray("sessionSettings"),
        stray("sessionTimeout"),
        text("userLicense"),
        rows("userPermissions", USER_PERMISSIONS),
    ],
    ..Kind::new("Profile", "profiles", "profile")
};

pub(crate) const PROFILE_SESSION_SETTING: Kind = Kind {
    fields: &[
        flag("externalCommunityUserIdentityVerif"),
        flag("forceLogout"),
        text("profile"),
        text("requiredSessionLevel"),
        flag("sessionPersistence"),
        int("sessionTimeout"),
        flag("sessionTimeoutWarning"),
    ],
    ..Kind::new("ProfileSessionSetting", "profileSessionSettings", "profileSessionSetting")
};

pub(crate) const PROFILE_PASSWORD_POLICY: Kind = Kind {
    fields: &[
        flag("forgotPasswordRedirect"),
        flag("isDisabled"),
        int("lockoutInterval"),
        int("maxLoginAttempts"),
        int("minimumPasswordLength"),
        flag("minimumPasswordLifetime"),
        flag("obscure"),
        int("passwordComplexity"),
        int("passwordExpiration"),
        int("passwordHistory"),
        int("passwordQuestion"),
        text("profile"),
    ],
    ..Kind::new("ProfilePasswordPolicy", "profilePasswordPolicies", "profilePasswordPolicy")
};

pub(crate) const PERMISSION_SET: Kind = Kind {
    keeps: KeptElements::Listed,
    fields: &[
        text("description"),
        rows("externalCredentialPrincipalAccesses", EXTERNAL_CREDENTIAL_PRINCIPAL_ACCESSES),
        flag("hasActivationRequired"),
        text("label"),
        text("license"),
        stray("loginHours"),
        stray("loginIpRanges"),
        rows("objectPermissions", OBJECT_PERMISSIONS),
        stray("sessionTimeout"),
        text("userLicense"),
        rows("userPermissions", USER_PERMISSIONS),
    ],
    ..Kind::new("PermissionSet", "permissionsets", "permissionset")
};

pub(crate) const PERMISSION_SET_GROUP: Kind = Kind {
    fields: &[
        text("description"),
        flag("hasActivationRequired"),
        text("label"),
        list("mutingPermissionSets"),
        list("permissionSets"),
        text("status"),
    ],
    ..Kind::new("PermissionSetGroup", "permissionsetgroups", "permissionsetgroup")
};

pub(crate) const MUTING_PERMISSION_SET: Kind = Kind {
    keeps: KeptElements::Listed,
    fields: &[
        text("description"),
        rows("externalCredentialPrincipalAccesses", EXTERNAL_CREDENTIAL_PRINCIPAL_ACCESSES),
        flag("hasActivationRequired"),
        text("label"),
        text("license"),
        rows("objectPermissions", OBJECT_PERMISSIONS),
        rows("userPermissions", USER_PERMISSIONS),
    ],
    ..Kind::new("MutingPermissionSet", "mutingpermissionsets", "mutingpermissionset")
};
