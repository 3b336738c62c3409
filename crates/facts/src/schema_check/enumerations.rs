//! The closed lists of values that Salesforce documents, by element: the Metadata API Developer Guide and
//! `metadata.wsdl`, with the values that real files have beside them.
//!
//! Elements that another view judges are left out: timeouts, IP relaxation, the refresh token policy of connected apps;
//! and `sessionLevel` of connected apps, whose literals are not known. Data only: it refuses to know what a value does.

use crate::oauth::JWT_TIMEOUTS;

/// The values of one element.
pub(super) struct Enumeration {
    /// Its metadata type.
    pub(super) kind: &'static str,
    /// Its path below the root.
    pub(super) path: &'static str,
    /// The documented values.
    pub(super) values: &'static [&'static str],
    /// Whether the list grows with Salesforce's releases: then only another spelling of a value is certainly wrong.
    pub(super) grows: bool,
    /// Whether the text is a list, separated by commas.
    pub(super) is_list: bool,
}

const fn closed(kind: &'static str, path: &'static str, values: &'static [&'static str]) -> Enumeration {
    Enumeration { kind, path, values, grows: false, is_list: false }
}

const fn growing(kind: &'static str, path: &'static str, values: &'static [&'static str]) -> Enumeration {
    Enumeration { kind, path, values, grows: true, is_list: false }
}

const SESSION_LEVELS: &[&str] = &["LOW", "STANDARD", "HIGH_ASSURANCE"];
const ACCESS_METHODS: &[&str] = &["Get", "Post"];
const SAML_INITIATION_METHODS: &[&str] = &["None", "IdpInitiated", "SpInitiated"];
const SAML_BINDINGS: &[&str] = &["RedirectBinding", "PostBinding"];
const SAML_ENCRYPTION: &[&str] = &["AES_128", "AES_256", "Triple_Des"];
const NAME_ID_FORMATS: &[&str] = &["Unspecified", "EmailAddress", "Persistent", "Transient"];
const SIGNING_ALGORITHMS: &[&str] = &["SHA1", "SHA256"];
/// The guide and the WSDL spell two of them differently; both spellings count.
const SAML_SUBJECTS: &[&str] =
    &["Username", "FederationId", "UserId", "SpokeId", "CustomAttribute", "PersistentId", "CustomAttr", "PersistentID"];
const JWT_TIMEOUT_TYPES: &[&str] = &["UserSession", "Custom"];
const CANVAS_LOCATIONS: &[&str] = &[
    "None",
    "Chatter",
    "UserProfile",
    "Visualforce",
    "Aura",
    "Publisher",
    "ChatterFeed",
    "ServiceDesk",
    "OpenCTI",
    "AppLauncher",
    "MobileNav",
    "PageLayout",
];
const CANVAS_OPTIONS: &[&str] = &["HideShare", "HideHeader", "PersonalEnabled"];
const SCOPES: &[&str] = &[
    "Basic",
    "Api",
    "Web",
    "Full",
    "Chatter",
    "CustomApplications",
    "RefreshToken",
    "OpenID",
    "Profile",
    "Email",
    "Address",
    "Phone",
    "OfflineAccess",
    "CustomPermissions",
    "Wave",
    "Eclair",
    "Pardot",
    "Lightning",
    "Content",
    "CDPIngest",
    "CDPProfile",
    "CDPQuery",
    "Chatbot",
    "CDPSegment",
    "CDPIdentityResolution",
    "CDPCalculatedInsight",
    "ForgotPassword",
    "UserRegistration",
    "SFAP",
    "SFApiPlatform",
    "Interaction",
    "CDP",
    "EinsteinGPT",
    "PwdlessLogin",
    "MCP",
    "SCRT",
    "DataCloudUserClaims",
    "A2A",
    "CmdbDiscovery",
    "SemanticLayer",
];
const PRINCIPALS: &[&str] = &["Anonymous", "PerUser", "NamedUser", "UserWithImpersonation", "NamedCustomPrincipal"];
const PROTOCOLS: &[&str] = &[
    "NoAuthentication",
    "Oauth",
    "Password",
    "AwsSv4",
    "Jwt",
    "JwtExchange",
    "C2c",
    "Certificate",
    "NTLM",
    "ApiKey",
    "Custom",
    "InternalOAuth",
    "OrgJwt",
    "Basic",
];
const SCREEN_LOCKS: &[&str] = &["Never", "One", "Five", "Ten", "Thirty", "Sixty", "OneTwenty", "OneEighty", "TwoForty"];

/// All of them, by type.
pub(super) const ENUMERATIONS: &[Enumeration] = &[
    closed(
        "SecuritySettings",
        "passwordPolicies.complexity",
        &[
            "NoRestriction",
            "AlphaNumeric",
            "SpecialCharacters",
            "UpperLowerCaseNumeric",
            "UpperLowerCaseNumericSpecialCharacters",
            "Any3UpperLowerCaseNumericSpecialCharacters",
        ],
    ),
    closed(
        "SecuritySettings",
        "passwordPolicies.expiration",
        &["ThirtyDays", "SixtyDays", "NinetyDays", "SixMonths", "OneYear", "Never"],
    ),
    closed(
        "SecuritySettings",
        "passwordPolicies.lockoutInterval",
        &["FifteenMinutes", "ThirtyMinutes", "SixtyMinutes", "Forever"],
    ),
    closed(
        "SecuritySettings",
        "passwordPolicies.maxLoginAttempts",
        &["ThreeAttempts", "FiveAttempts", "TenAttempts", "NoLimit"],
    ),
    closed(
        "SecuritySettings",
        "passwordPolicies.minPasswordLength",
        &["FiveCharacters", "EightCharacters", "TenCharacters", "TwelveCharacters", "FifteenCharacters"],
    ),
    closed("SecuritySettings", "passwordPolicies.questionRestriction", &["None", "DoesNotContainPassword"]),
    closed(
        "SecuritySettings",
        "sessionSettings.referrerPolicyDirective",
        &[
            "no-referrer",
            "origin",
            "same-origin",
            "strict-origin",
            "strict-origin-when-cross-origin",
            "no-referrer-when-downgrade",
            "origin-when-cross-origin",
            "unsafe-url",
        ],
    ),
    // The guide has `WithUserPermission`, the WSDL the longer word; both count.
    closed(
        "SecuritySettings",
        "sessionSettings.untrustedRedirect",
        &["AlwaysAllowed", "AllowWithUserPermission", "WithUserPermission", "NeverAllowed"],
    ),
    growing("SecuritySettings", "sessionSettings.vfInlineScriptInjection", &["Allow", "ReportOnly", "NeverAllow"]),
    closed("ProfileSessionSetting", "requiredSessionLevel", SESSION_LEVELS),
    closed("ProfilePasswordPolicy", "lockoutInterval", &["0", "15", "30", "60"]),
    closed("ProfilePasswordPolicy", "maxLoginAttempts", &["0", "3", "5", "10"]),
    // 5 is not documented, but real files contain it.
    closed("ProfilePasswordPolicy", "passwordComplexity", &["0", "1", "2", "3", "4", "5"]),
    closed("ProfilePasswordPolicy", "passwordExpiration", &["0", "30", "60", "90", "180", "365"]),
    closed("ProfilePasswordPolicy", "passwordQuestion", &["0", "1"]),
    growing("MyDomainSettings", "edgeRoutingMethod", &["global", "regional", "gsr"]),
    closed(
        "MyDomainSettings",
        "instancedUrlRedirectHandling",
        &["Undeployed", "Redirect", "WarnOnRedirect", "NoRedirect"],
    ),
    closed("ConnectedApp", "canvasConfig.accessMethod", ACCESS_METHODS),
    growing("ConnectedApp", "canvasConfig.locations", CANVAS_LOCATIONS),
    growing("ConnectedApp", "canvasConfig.options", CANVAS_OPTIONS),
    closed("ConnectedApp", "canvasConfig.samlInitiationMethod", SAML_INITIATION_METHODS),
    closed("ConnectedApp", "mobileAppConfig.devicePlatform", &["ios", "android"]),
    closed("ConnectedApp", "mobileAppConfig.deviceType", &["phone", "tablet", "minitablet"]),
    growing("ConnectedApp", "oauthConfig.scopes", SCOPES),
    closed("ConnectedApp", "samlConfig.encryptionType", SAML_ENCRYPTION),
    closed("ConnectedApp", "samlConfig.samlIdpSLOBindingEnum", SAML_BINDINGS),
    closed("ConnectedApp", "samlConfig.samlNameIdFormat", NAME_ID_FORMATS),
    growing("ConnectedApp", "samlConfig.samlSigningAlgoType", SIGNING_ALGORITHMS),
    closed("ConnectedApp", "samlConfig.samlSubjectType", SAML_SUBJECTS),
    closed("ConnectedApp", "sessionPolicy.policyAction", &["Block", "RaiseSessionLevel", "StepUpMFA"]),
    growing(
        "ExternalClientApplication",
        "distributionState",
        &["Local", "Global", "Packaged", "Managed", "AutoInstalled"],
    ),
    growing("ExternalClientApplication", "managedType", &["Local", "Global"]),
    growing("ExtlClntAppConfigurablePolicies", "startPage", &["None", "Custom", "OAuth", "SAML"]),
    closed("ExtlClntAppOauthConfigurablePolicies", "guestJwtSessionTimeoutType", JWT_TIMEOUT_TYPES),
    closed("ExtlClntAppOauthConfigurablePolicies", "guestJwtTimeout", JWT_TIMEOUTS),
    closed("ExtlClntAppOauthConfigurablePolicies", "namedUserJwtSessionTimeoutType", JWT_TIMEOUT_TYPES),
    closed("ExtlClntAppOauthConfigurablePolicies", "namedUserJwtTimeout", JWT_TIMEOUTS),
    closed(
        "ExtlClntAppOauthConfigurablePolicies",
        "permittedUsersPolicyType",
        &["AllSelfAuthorized", "AdminApprovedPreAuthorized"],
    ),
    closed("ExtlClntAppOauthConfigurablePolicies", "policyAction", &["Block", "RaiseSessionLevel", "StepUpMFA"]),
    closed(
        "ExtlClntAppOauthConfigurablePolicies",
        "refreshTokenPolicyType",
        &["Infinite", "Zero", "SpecificLifetime", "SpecificInactivity"],
    ),
    closed("ExtlClntAppOauthConfigurablePolicies", "refreshTokenValidityUnit", &["Hours", "Days", "Months"]),
    closed("ExtlClntAppOauthConfigurablePolicies", "requiredSessionLevel", SESSION_LEVELS),
    Enumeration { is_list: true, ..growing("ExtlClntAppOauthSettings", "commaSeparatedOauthScopes", SCOPES) },
    Enumeration { is_list: true, ..growing("ExtlClntAppOauthSettings", "commaSeperatedOauthScopes", SCOPES) },
    growing(
        "ExtlClntAppOauthSecuritySettings",
        "tlsClientAuthCertParamType",
        &[
            "tls_client_auth_subject_dn",
            "tls_client_auth_san_dns",
            "tls_client_auth_san_uri",
            "tls_client_auth_san_ip",
            "tls_client_auth_san_email",
            "tls_client_auth_san_spiffe",
        ],
    ),
    closed("ExtlClntAppSamlConfigurablePolicies", "encryptionType", SAML_ENCRYPTION),
    closed("ExtlClntAppSamlConfigurablePolicies", "nameIdFormat", NAME_ID_FORMATS),
    growing("ExtlClntAppSamlConfigurablePolicies", "signingAlgorithmType", SIGNING_ALGORITHMS),
    closed("ExtlClntAppSamlConfigurablePolicies", "singleLogoutBindingType", SAML_BINDINGS),
    closed("ExtlClntAppSamlConfigurablePolicies", "subjectType", SAML_SUBJECTS),
    closed("ExtlClntAppMobileConfigurablePolicies", "screenLockTimeout", SCREEN_LOCKS),
    growing("ExtlClntAppPushSettings", "pushServiceType", &["Apple", "Android"]),
    growing("ExtlClntAppPushSettings", "applePushConfig.environment", &["Sandbox", "Production"]),
    closed("ExtlClntAppCanvasSettings", "accessMethod", ACCESS_METHODS),
    growing("ExtlClntAppCanvasSettings", "canvasLocationOptions", CANVAS_LOCATIONS),
    growing("ExtlClntAppCanvasSettings", "canvasOptions", CANVAS_OPTIONS),
    closed("ExtlClntAppCanvasSettings", "samlInitiationMethod", SAML_INITIATION_METHODS),
    growing("ExtlClntAppAttestSettings", "attestServiceType", &["Apple", "Android"]),
    growing("ExtlClntAppAttestConfigurablePolicies", "attestEnforceLevel", &["None", "ClientControlled", "Strict"]),
    closed("SamlSsoConfig", "identityLocation", &["SubjectNameId", "Attribute"]),
    closed("SamlSsoConfig", "identityMapping", &["Username", "FederationId", "UserId"]),
    closed("SamlSsoConfig", "samlVersion", &["SAML1_1", "SAML2_0"]),
    closed("SamlSsoConfig", "singleLogoutBinding", SAML_BINDINGS),
    growing("AuthProvider", "controlPlane", &["None", "US", "EU"]),
    growing(
        "AuthProvider",
        "providerType",
        &[
            "Facebook",
            "Janrain",
            "Salesforce",
            "OpenIdConnect",
            "MicrosoftACS",
            "LinkedIn",
            "Twitter",
            "Google",
            "GitHub",
            "Custom",
            "Apple",
            "Evergreen",
            "Slack",
            "HubSpot",
            "Microsoft",
            "MuleSoft",
            "Bitbucket",
            "SlackSeamless",
            "SlackFirst",
            "SlackFirstDev",
            "MuleSoftSeamless",
            "MuleSoftAnypointPlatform",
            "Confluence3LO",
            "CommerceCloudAccountManager",
        ],
    ),
    closed("NamedCredential", "calloutStatus", &["Enabled", "Disabled"]),
    growing(
        "NamedCredential",
        "namedCredentialType",
        &["Legacy", "AnonymousEndpoint", "SecuredEndpoint", "PrivateEndpoint", "Credentials", "Standard"],
    ),
    growing("NamedCredential", "principalType", PRINCIPALS),
    growing("NamedCredential", "protocol", PROTOCOLS),
    growing("ExternalDataSource", "principalType", PRINCIPALS),
    growing("ExternalDataSource", "protocol", PROTOCOLS),
    growing("ExternalCredential", "authenticationProtocol", PROTOCOLS),
    growing("Profile", "loginFlows.flowType", &["UI"]),
    growing("Profile", "loginFlows.uiLoginFlowType", &["VisualWorkflow", "VisualForce"]),
    growing(
        "NamedCredential",
        "namedCredentialParameters.parameterType",
        &[
            "Url",
            "HttpHeader",
            "ClientCertificate",
            "Authentication",
            "OutboundNetworkConnection",
            "AllowedManagedPackageNamespaces",
            "CreatedByNamespace",
            "CustomParameter",
            "StandardNamedCredentialType",
            "ManagedByFeature",
            "ManagedByComponent",
            "ConnectionStatus",
            "SfHttpRequestExtensionName",
            "NamedCredentialOptions",
            "ManagedByNamespace",
        ],
    ),
    growing(
        "ExternalCredential",
        "externalCredentialParameters.parameterType",
        &[
            "ExternalAuthIdentityProvider",
            "AuthProvider",
            "AuthProviderUrl",
            "AuthProviderUrlQueryParameter",
            "SigningCertificate",
            "AuthParameter",
            "NamedPrincipal",
            "PerUserPrincipal",
            "AwsStsPrincipal",
            "GlobalNamedPrincipal",
            "SystemUserPrincipal",
            "CustomPrincipal",
            "PrincipalIdentityAlias",
            "AuthHeader",
            "AuthProtocolVariant",
            "JwtBodyClaim",
            "JwtHeaderClaim",
            "CreatedByNamespace",
            "AdditionalRefreshStatusCode",
            "ManagedByFeature",
            "ManagedByComponent",
            "SfHttpRequestExtensionName",
        ],
    ),
    growing(
        "ExternalAuthIdentityProvider",
        "authenticationFlow",
        &["AuthorizationCode", "ClientCredentials", "SalesforceDefined"],
    ),
    growing("ExternalAuthIdentityProvider", "authenticationProtocol", &["OAuth", "SalesforceDefined"]),
    growing(
        "ExternalAuthIdentityProvider",
        "externalAuthIdentityProviderParameters.parameterType",
        &[
            "AuthorizeUrl",
            "TokenUrl",
            "CreatedByNamespace",
            "UserInfoUrl",
            "ClientAuthentication",
            "IdentityProviderOptions",
            "AuthorizeRequestQueryParameter",
            "TokenRequestQueryParameter",
            "TokenRequestBodyParameter",
            "TokenRequestHttpHeader",
            "RefreshRequestQueryParameter",
            "RefreshRequestBodyParameter",
            "RefreshRequestHttpHeader",
            "StandardExternalIdentityProvider",
            "ManagedByFeature",
            "ManagedByComponent",
            "SfHttpRequestExtensionName",
        ],
    ),
    growing("Network", "status", &["UnderConstruction", "Live", "DownForMaintenance"]),
    growing(
        "CspTrustedSite",
        "context",
        &["All", "LEX", "Communities", "FieldServiceMobileExtension", "VisualForce", "LightningOut"],
    ),
    growing(
        "TransactionSecurityPolicy",
        "eventName",
        &[
            "ReportEvent",
            "ApiEvent",
            "AdminSetupEvent",
            "LoginEvent",
            "ListViewEvent",
            "CredentialStuffingEventStore",
            "ReportAnomalyEventStore",
            "SessionHijackingEventStore",
            "ApiAnomalyEventStore",
            "BulkApiResultEventStore",
            "PermissionSetEventStore",
            "FileEventStore",
            "GuestUserAnomalyEventStore",
            "LoginAsEvent",
            "LoginAnomalyEventStore",
            "UniversalAnomalyEventStore",
        ],
    ),
    growing(
        "TransactionSecurityPolicy",
        "eventType",
        &["AuditTrail", "Login", "Entity", "DataExport", "AccessResource"],
    ),
    growing("TransactionSecurityPolicy", "type", &["CustomApexPolicy", "CustomConditionBuilderPolicy"]),
    growing("MobileSecurityPolicy", "mobilePlatform", &["Android", "iOS"]),
    growing("MobileSecurityPolicy", "ruleValueType", &["Boolean", "Text", "TextList"]),
    growing(
        "MobileSecurityPolicy",
        "type",
        &[
            "JailbrokenDevice",
            "MinimumOsVersion",
            "MaximumOsVersion",
            "MinimumSecurityPatchVersion",
            "ManInMiddle",
            "MinimumAppVersion",
            "MininumAppVersion",
            "MaximumAppVersion",
            "DevicePasscode",
            "BlockedDeviceList",
            "BlockCustomKeyboard",
            "BlockFileBackup",
            "Block3dTouch",
            "Screenshot",
            "LogScreenshot",
            "LogEmail",
            "LogPhonecall",
            "LogTextmessage",
            "LogPolicyResult",
            "BlockMicrophone",
            "BlockCamera",
            "MalwareDetection",
            "DisableUrlCaching",
            "MaxOffline",
            "LogoutAfterRestart",
            "LogoutOnBiometricChange",
            "BlockOsSharing",
            "BrowserUriScheme",
            "CheckBiometric",
            "BlockContacts",
            "BlockCalendar",
            "PhonecallUriScheme",
            "AllowedDeviceList",
            "LogCertPin",
            "BlockEditingMenu",
        ],
    ),
    growing("MobileSecurityPolicy", "severityLevel", &["Warn", "Error", "Critical", "Info"]),
    growing("MobSecurityCertPinConfig", "mobilePlatform", &["Android", "iOS"]),
    growing("MobSecurityCertPinConfig", "severityLevel", &["Warn", "Error", "Critical", "Info"]),
    growing("MobSecurityCertPinConfig", "type", &["AuthServer", "Resource"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use sessionlint_project::metadata::kind::{self, Field, FieldType};

    /// The field of a path, which may lead into repeated elements.
    fn found(fields: &'static [Field], path: &str) -> Option<&'static Field> {
        fields.iter().find_map(|field| match field.ty {
            _ if field.path == path => Some(field),
            FieldType::Rows(below) => {
                found(below, path.strip_prefix(field.path).and_then(|rest| rest.strip_prefix('.'))?)
            }
            _ => None,
        })
    }

    #[test]
    fn each_list_is_of_an_element_that_exists_and_stands_once() {
        let mut seen = Vec::new();
        for it in ENUMERATIONS {
            let kind = kind::kind(kind::by_name(it.kind).unwrap());
            let field = found(kind.fields, it.path);
            let field = field.unwrap_or_else(|| panic!("{} has no {}", it.kind, it.path));
            assert!(matches!(field.ty, FieldType::Text | FieldType::Int | FieldType::List), "{} {}", it.kind, it.path);
            assert!(!seen.contains(&(it.kind, it.path)), "{} {} stands twice", it.kind, it.path);
            seen.push((it.kind, it.path));
        }
    }

    #[test]
    fn what_another_table_checks_is_left_out() {
        for (kind, path) in [
            ("SecuritySettings", "sessionSettings.sessionTimeout"),
            ("ProfileSessionSetting", "sessionTimeout"),
            ("ConnectedApp", "oauthPolicy.ipRelaxation"),
            ("ConnectedApp", "oauthPolicy.refreshTokenPolicy"),
            ("ExtlClntAppOauthConfigurablePolicies", "ipRelaxationPolicyType"),
        ] {
            assert!(!ENUMERATIONS.iter().any(|it| it.kind == kind && it.path == path), "{kind} {path}");
        }
    }
}
