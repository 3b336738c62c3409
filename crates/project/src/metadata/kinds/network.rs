//! The network edge of the org: trusted hosts, sites and their logins, and policies on logins and sessions.
//!
//! Names and types of elements only; refuses to resolve or judge a host.

use crate::metadata::kind::{Field, KeptElements, Kind, flag, group, int, list, rows, text};

const EMAIL_TEMPLATES: &[Field] = &[text("emailTemplate")];

const NOTIFICATIONS: &[Field] = &[flag("inApp"), flag("sendEmail"), text("user")];

pub(crate) const REMOTE_SITE_SETTING: Kind = Kind {
    fields: &[text("description"), flag("disableProtocolSecurity"), flag("isActive"), text("url")],
    ..Kind::new("RemoteSiteSetting", "remoteSiteSettings", "remoteSite")
};

pub(crate) const CSP_TRUSTED_SITE: Kind = Kind {
    fields: &[
        flag("canAccessCamera"),
        flag("canAccessMicrophone"),
        text("context"),
        text("description"),
        text("endpointUrl"),
        flag("isActive"),
        flag("isApplicableToConnectSrc"),
        flag("isApplicableToFontSrc"),
        flag("isApplicableToFrameSrc"),
        flag("isApplicableToImgSrc"),
        flag("isApplicableToMediaSrc"),
        flag("isApplicableToStyleSrc"),
        text("mobileExtension"),
    ],
    ..Kind::new("CspTrustedSite", "cspTrustedSites", "cspTrustedSite")
};

/// Only the identifying elements of a Lightning Out 2.0 app; its components and domains are left out.
pub(crate) const LIGHTNING_OUT_APP: Kind = Kind {
    keeps: KeptElements::Listed,
    fields: &[text("applicationName"), flag("isEnabled"), flag("isProtected"), text("runtime")],
    ..Kind::new("LightningOutApp", "lightningOutApps", "lightningOutApp")
};

pub(crate) const CORS_WHITELIST_ORIGIN: Kind = Kind {
    fields: &[text("urlPattern")],
    ..Kind::new("CorsWhitelistOrigin", "corsWhitelistOrigins", "corsWhitelistOrigin")
};

pub(crate) const MY_DOMAIN_DISCOVERABLE_LOGIN: Kind = Kind {
    fields: &[text("apexHandler"), text("executeApexHandlerAs"), text("usernameLabel")],
    ..Kind::new("MyDomainDiscoverableLogin", "myDomainDiscoverableLogins", "myDomainDiscoverableLogin")
};

pub(crate) const NETWORK: Kind = Kind {
    keeps: KeptElements::Listed,
    fields: &[
        flag("allowInternalUserLogin"),
        text("changePasswordTemplate"),
        text("deviceActEmailTemplate"),
        flag("disablePvtPagesForPwdResetInLWR"),
        flag("embeddedLoginEnabled"),
        flag("enableLWRExperienceConnectedApp"),
        text("forgotPasswordTemplate"),
        text("headlessForgotPasswordTemplate"),
        text("headlessRegistrationTemplate"),
        text("lockoutTemplate"),
        text("logoutUrl"),
        group("networkAuthApiSettings"),
        flag("networkAuthApiSettings.doesForgotPasswordRequireAuth"),
        flag("networkAuthApiSettings.doesPasswordLoginRequireAuth"),
        flag("networkAuthApiSettings.doesPwdlessLoginRequireAuth"),
        flag("networkAuthApiSettings.doesRegistrationRequireAuth"),
        rows("networkAuthApiSettings.emailTmplsAllowlist", EMAIL_TEMPLATES),
        text("networkAuthApiSettings.headlessDiscoveryExecutionUser"),
        text("networkAuthApiSettings.headlessDiscoveryHandler"),
        flag("networkAuthApiSettings.isFirstPartyAppsAllowed"),
        flag("networkAuthApiSettings.isForgotPwdAllowed"),
        flag("networkAuthApiSettings.isForgotPwdEmailTemplateAllowlistingEnabled"),
        flag("networkAuthApiSettings.isHeadlessUserRegistrationAllowed"),
        flag("networkAuthApiSettings.isPwdlessLoginAllowed"),
        flag("networkAuthApiSettings.isRecaptchaRequiredForgotPwd"),
        flag("networkAuthApiSettings.isRecaptchaRequiredPwdlessLogin"),
        flag("networkAuthApiSettings.isRecaptchaRequiredRgstr"),
        flag("networkAuthApiSettings.isUniversalClientRgstrAllowed"),
        flag("networkAuthApiSettings.isUserDisambiguationAllowedForgotPwd"),
        flag("networkAuthApiSettings.isUserDisambiguationAllowedUsernamePwd"),
        int("networkAuthApiSettings.maxPasswordResetAttempts"),
        text("networkAuthApiSettings.recaptchaScoreThreshold"),
        text("networkAuthApiSettings.recaptchaSecretKey"),
        text("networkAuthApiSettings.registrationExecutionUser"),
        text("networkAuthApiSettings.registrationHandler"),
        text("networkAuthApiSettings.registrationUserDefaultProfile"),
        group("networkMemberGroups"),
        list("networkMemberGroups.permissionSet"),
        list("networkMemberGroups.profile"),
        group("networkPageOverrides"),
        text("networkPageOverrides.changePasswordPageOverrideSetting"),
        text("networkPageOverrides.forgotPasswordPageOverrideSetting"),
        text("networkPageOverrides.homePageOverrideSetting"),
        text("networkPageOverrides.loginPageOverrideSetting"),
        text("networkPageOverrides.selfRegProfilePageOverrideSetting"),
        text("pwdlessRegEmailTemplate"),
        flag("selfRegistration"),
        text("selfRegProfile"),
        text("site"),
        text("status"),
        text("urlPathPrefix"),
        text("verificationTemplate"),
    ],
    ..Kind::new("Network", "networks", "network")
};

pub(crate) const TRANSACTION_SECURITY_POLICY: Kind = Kind {
    fields: &[
        group("action"),
        flag("action.block"),
        flag("action.endSession"),
        flag("action.freezeUser"),
        rows("action.notifications", NOTIFICATIONS),
        flag("action.twoFactorAuthentication"),
        flag("action.useStepUp"),
        flag("active"),
        text("apexClass"),
        text("blockMessage"),
        text("customEmailContent"),
        text("description"),
        text("developerName"),
        text("eventName"),
        text("eventType"),
        text("executionUser"),
        text("flow"),
        text("masterLabel"),
        text("resourceName"),
        text("type"),
    ],
    ..Kind::new("TransactionSecurityPolicy", "transactionSecurityPolicies", "transactionSecurityPolicy")
};
