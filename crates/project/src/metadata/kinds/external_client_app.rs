//! External client apps: one app is several components of different types, joined by `externalClientApplication`.
//!
//! Names and types of elements only; refuses to join the files, which `facts::oauth` does.

use crate::metadata::kind::{Field, Kind, flag, group, int, list, rows, text};

const ATTRIBUTES: &[Field] = &[text("formula"), text("key")];

const IP_RANGES: &[Field] = &[text("description"), text("endIpAddress"), text("startIpAddress")];

const NOTIFICATION_TYPES: &[Field] = &[text("notificationType"), flag("pushByDefault")];

pub(crate) const EXTERNAL_CLIENT_APPLICATION: Kind = Kind {
    fields: &[
        text("contactEmail"),
        text("contactPhone"),
        text("description"),
        text("distributionState"),
        text("iconUrl"),
        text("infoUrl"),
        flag("isDistributed"),
        flag("isProtected"),
        text("label"),
        text("logoUrl"),
        text("managedType"),
        text("masterLabel"),
        group("oauthDev"),
        text("oauthDev.callbackUrl"),
        text("oauthDev.certificate"),
        text("oauthDev.consumerKey"),
        text("oauthDev.consumerSecret"),
        group("oauthDev.idTokenConfig"),
        text("oauthDev.idTokenConfig.idTokenAudience"),
        flag("oauthDev.idTokenConfig.idTokenIncludeAttributes"),
        flag("oauthDev.idTokenConfig.idTokenIncludeCustomPermissions"),
        flag("oauthDev.idTokenConfig.idTokenIncludeCustomPerms"),
        flag("oauthDev.idTokenConfig.idTokenIncludeStandardClaims"),
        int("oauthDev.idTokenConfig.idTokenValidity"),
        int("oauthDev.idTokenConfig.idTokenValidityInMinutes"),
        flag("oauthDev.isClientCredentialEnabled"),
        flag("oauthDev.isConsumerSecretOptional"),
        flag("oauthDev.isIntrospectAllTokens"),
        flag("oauthDev.isSecretRequiredForRefreshToken"),
        group("oauthDev.selectedScopes"),
        list("oauthDev.selectedScopes.scope"),
        text("oauthDev.singleLogoutUrl"),
        text("orgScopedExternalApp"),
    ],
    ..Kind::new("ExternalClientApplication", "externalClientApps", "eca")
};

pub(crate) const EXTL_CLNT_APP_CONFIGURABLE_POLICIES: Kind = Kind {
    fields: &[
        text("externalClientApplication"),
        flag("isAttestPluginEnabled"),
        flag("isCanvasPluginEnabled"),
        flag("isEnabled"),
        flag("isMobilePluginEnabled"),
        flag("isNotificationPluginEnabled"),
        flag("isOauthPluginEnabled"),
        flag("isPushPluginEnabled"),
        flag("isSamlPluginEnabled"),
        text("label"),
        text("startPage"),
        text("startUrl"),
    ],
    ..Kind::new("ExtlClntAppConfigurablePolicies", "extlClntAppPolicies", "ecaPlcy")
};

pub(crate) const EXTL_CLNT_APP_OAUTH_CONFIGURABLE_POLICIES: Kind = Kind {
    fields: &[
        text("apexHandler"),
        text("clientCredentialsFlowUser"),
        text("commaSeparatedCustomScopes"),
        text("commaSeparatedPermissionSet"),
        text("commaSeparatedProfile"),
        rows("customAttributes", ATTRIBUTES),
        text("executeHandlerAs"),
        text("externalClientApplication"),
        text("guestJwtSessionTimeoutType"),
        int("guestJwtTimeout"),
        text("ipRelaxationPolicyType"),
        flag("isClientCredentialsFlowEnabled"),
        flag("isGuestCodeCredFlowEnabled"),
        flag("isNamedUserJwtEnabled"),
        flag("isTokenExchangeFlowEnabled"),
        text("label"),
        text("namedUserJwtSessionTimeoutType"),
        int("namedUserJwtTimeout"),
        text("permittedUsersPolicyType"),
        text("policyAction"),
        text("refreshTokenPolicyType"),
        int("refreshTokenValidityPeriod"),
        text("refreshTokenValidityUnit"),
        text("requiredSessionLevel"),
        int("sessionTimeoutInMinutes"),
        text("singleLogoutUrl"),
        text("startUrl"),
    ],
    ..Kind::new("ExtlClntAppOauthConfigurablePolicies", "extlClntAppOauthPolicies", "ecaOauthPlcy")
};

pub(crate) const EXTL_CLNT_APP_OAUTH_SETTINGS: Kind = Kind {
    fields: &[
        flag("areAttributesIncludedInAssetToken"),
        flag("areCustomPermsIncludedInAssetToken"),
        text("assetTokenAudiences"),
        text("assetTokenSigningCertificate"),
        int("assetTokenValidity"),
        text("callbackUrl"),
        text("certificate"),
        text("clientAssertionCertificate"),
        text("commaSeparatedCustomScopes"),
        text("commaSeparatedOauthScopes"),
        text("commaSeperatedOauthScopes"),
        text("consumerKey"),
        text("consumerSecret"),
        rows("customAttributes", ATTRIBUTES),
        text("externalClientApplication"),
        group("idTokenConfig"),
        text("idTokenConfig.idTokenAudience"),
        flag("idTokenConfig.idTokenIncludeAttributes"),
        flag("idTokenConfig.idTokenIncludeCustomPermissions"),
        flag("idTokenConfig.idTokenIncludeCustomPerms"),
        flag("idTokenConfig.idTokenIncludeStandardClaims"),
        int("idTokenConfig.idTokenValidity"),
        int("idTokenConfig.idTokenValidityInMinutes"),
        flag("isClientCredentialEnabled"),
        flag("isConsumerSecretOptional"),
        flag("isFirstPartyAppEnabled"),
        flag("isIntrospectAllTokens"),
        flag("isSecretRequiredForRefreshToken"),
        text("label"),
        text("oauthLink"),
        text("singleLogoutUrl"),
        rows("trustedIpRanges", IP_RANGES),
    ],
    ..Kind::new("ExtlClntAppOauthSettings", "extlClntAppOauthSettings", "ecaOauth")
};

pub(crate) const EXTL_CLNT_APP_GLOBAL_OAUTH_SETTINGS: Kind = Kind {
    fields: &[
        text("callbackUrl"),
        text("certificate"),
        text("consumerKey"),
        text("consumerSecret"),
        text("externalClientApplication"),
        group("idTokenConfig"),
        text("idTokenConfig.idTokenAudience"),
        flag("idTokenConfig.idTokenIncludeAttributes"),
        flag("idTokenConfig.idTokenIncludeCustomPermissions"),
        flag("idTokenConfig.idTokenIncludeCustomPerms"),
        flag("idTokenConfig.idTokenIncludeStandardClaims"),
        int("idTokenConfig.idTokenValidity"),
        int("idTokenConfig.idTokenValidityInMinutes"),
        flag("isClientCredentialEnabled"),
        flag("isClientCredentialsFlowEnabled"),
        flag("isCodeCredFlowEnabled"),
        flag("isCodeCredPostOnly"),
        flag("isConsumerSecretOptional"),
        flag("isDeviceFlowEnabled"),
        flag("isDPopEnabled"),
        flag("isEnforceRefreshTokenTTL"),
        flag("isIntrospectAllTokens"),
        flag("isMtlsEnabled"),
        flag("isNamedUserJwtEnabled"),
        flag("isPkceRequired"),
        flag("isRefreshTokenRotationEnabled"),
        flag("isSecretRequiredForRefreshToken"),
        flag("isSecretRequiredForTokenExchange"),
        flag("isTokenExchangeEnabled"),
        text("label"),
        flag("shouldRotateConsumerKey"),
        flag("shouldRotateConsumerSecret"),
        text("singleLogoutUrl"),
    ],
    ..Kind::new("ExtlClntAppGlobalOauthSettings", "extlClntAppGlobalOauthSets", "ecaGlblOauth")
};

pub(crate) const EXTL_CLNT_APP_OAUTH_SECURITY_SETTINGS: Kind = Kind {
    fields: &[
        text("externalClientApplication"),
        text("label"),
        text("tlsClientAuthCertParamType"),
        text("tlsClientAuthCertParamValue"),
        rows("tokenIpRanges", IP_RANGES),
    ],
    ..Kind::new("ExtlClntAppOauthSecuritySettings", "extlClntAppOauthSecuritySettings", "ecaOauthSecurity")
};

pub(crate) const EXTL_CLNT_APP_SAML_CONFIGURABLE_POLICIES: Kind = Kind {
    fields: &[
        text("acsUrl"),
        text("certificate"),
        text("commaSeparatedPermissionSet"),
        text("commaSeparatedProfile"),
        rows("customAttributes", ATTRIBUTES),
        text("encryptionCertificate"),
        text("encryptionType"),
        text("entityUrl"),
        text("externalClientApplication"),
        text("issuer"),
        text("label"),
        text("nameIdFormat"),
        text("signingAlgorithmType"),
        text("singleLogoutBindingType"),
        text("singleLogoutUrl"),
        text("startUrl"),
        text("subjectCustomAttribute"),
        text("subjectType"),
    ],
    ..Kind::new("ExtlClntAppSamlConfigurablePolicies", "extlClntAppSamlConfigurablePolicies", "ecaSamlPlcy")
};

pub(crate) const EXTL_CLNT_APP_MOBILE_SETTINGS: Kind = Kind {
    fields: &[
        text("devicePlatform"),
        text("deviceType"),
        text("externalClientApplication"),
        flag("isScreenLockEnabled"),
        text("label"),
        text("minimumOsVersion"),
        text("policy1"),
        flag("policy1DevManaged"),
        text("policy2"),
        flag("policy2DevManaged"),
        text("version"),
    ],
    ..Kind::new("ExtlClntAppMobileSettings", "extlClntAppMobileSettings", "ecaMobile")
};

pub(crate) const EXTL_CLNT_APP_MOBILE_CONFIGURABLE_POLICIES: Kind = Kind {
    fields: &[
        text("adminOnlyPolicy"),
        text("externalClientApplication"),
        text("label"),
        text("policy1"),
        text("policy2"),
        text("screenLockTimeout"),
    ],
    ..Kind::new("ExtlClntAppMobileConfigurablePolicies", "extlClntAppMobilePolicies", "ecaMobilePlcy")
};

pub(crate) const EXTL_CLNT_APP_PUSH_SETTINGS: Kind = Kind {
    fields: &[
        group("androidPushConfig"),
        text("androidPushConfig.fcmProject"),
        text("androidPushConfig.serviceAccount"),
        group("applePushConfig"),
        text("applePushConfig.applicationBundle"),
        text("applePushConfig.certificate"),
        text("applePushConfig.environment"),
        text("applePushConfig.keyIdentifier"),
        text("applePushConfig.password"),
        text("applePushConfig.signingKey"),
        text("applePushConfig.teamIdentifier"),
        text("externalClientApplication"),
        text("label"),
        text("pushConfigLink"),
        text("pushServiceType"),
    ],
    ..Kind::new("ExtlClntAppPushSettings", "extlClntAppPushSettings", "ecaPush")
};

pub(crate) const EXTL_CLNT_APP_PUSH_CONFIGURABLE_POLICIES: Kind = Kind {
    fields: &[text("externalClientApplication"), flag("isFullContent"), text("label")],
    ..Kind::new("ExtlClntAppPushConfigurablePolicies", "extlClntAppPushPolicies", "ecaPushPlcy")
};

pub(crate) const EXTL_CLNT_APP_CANVAS_SETTINGS: Kind = Kind {
    fields: &[
        text("accessMethod"),
        list("canvasLocationOptions"),
        list("canvasOptions"),
        text("canvasUrl"),
        text("externalClientApplication"),
        text("label"),
        text("lifeCycleHandler"),
        text("samlInitiationMethod"),
    ],
    ..Kind::new("ExtlClntAppCanvasSettings", "extlClntAppCanvasSettings", "ecaCanvas")
};

pub(crate) const EXTL_CLNT_APP_NOTIFICATION_SETTINGS: Kind = Kind {
    fields: &[text("externalClientApplication"), text("label"), rows("notificationTypes", NOTIFICATION_TYPES)],
    ..Kind::new("ExtlClntAppNotificationSettings", "extlClntAppNotifSettings", "ecaNotifications")
};

pub(crate) const EXTL_CLNT_APP_ATTEST_SETTINGS: Kind = Kind {
    fields: &[text("attestConfigLink"), text("attestServiceType"), text("externalClientApplication"), text("label")],
    ..Kind::new("ExtlClntAppAttestSettings", "extlClntAppAttestSettings", "ecaAttest")
};

pub(crate) const EXTL_CLNT_APP_ATTEST_CONFIGURABLE_POLICIES: Kind = Kind {
    fields: &[text("attestEnforceLevel"), text("externalClientApplication"), text("label")],
    ..Kind::new("ExtlClntAppAttestConfigurablePolicies", "extlClntAppAttestPolicies", "ecaAttestPlcy")
};
