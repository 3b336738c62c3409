//! Org-wide settings: one file per type, named like the type without `Settings`.
//!
//! Names and types of elements only; refuses to know the defaults of an org.

use crate::metadata::kind::{Field, KeptElements, Kind, flag, group, int, rows, text};

const IP_RANGES: &[Field] = &[text("description"), text("end"), text("start")];

pub(crate) const SECURITY_SETTINGS: Kind = Kind {
    fields: &[
        flag("canUsersGrantLoginAccess"),
        flag("enableAdminLoginAsAnyUser"),
        flag("enableAuditFieldsInactiveOwner"),
        flag("enableAuraSecureEvalPref"),
        flag("enableCoepHeader"),
        flag("enableCoopHeader"),
        flag("enableCrossOrgRedirects"),
        flag("enableGraphQLApiForGuestUsers"),
        flag("enablePermissionsPolicy"),
        flag("enableRequireHttpsConnection"),
        flag("isTLSv12Required"),
        flag("isTLSv12RequiredCommunities"),
        group("networkAccess"),
        rows("networkAccess.ipRanges", IP_RANGES),
        group("passwordPolicies"),
        text("passwordPolicies.apiOnlyUserHomePageURL"),
        text("passwordPolicies.complexity"),
        flag("passwordPolicies.enableSetPasswordInApi"),
        text("passwordPolicies.expiration"),
        int("passwordPolicies.historyRestriction"),
        text("passwordPolicies.lockoutInterval"),
        text("passwordPolicies.maxLoginAttempts"),
        int("passwordPolicies.minimumPasswordLength"),
        flag("passwordPolicies.minimumPasswordLifetime"),
        text("passwordPolicies.minPasswordLength"),
        flag("passwordPolicies.obscureSecretAnswer"),
        text("passwordPolicies.passwordAssistanceMessage"),
        text("passwordPolicies.passwordAssistanceURL"),
        text("passwordPolicies.questionRestriction"),
        flag("redirectBlockModeEnabled"),
        flag("sendCspForUncommonClients"),
        group("sessionSettings"),
        flag("sessionSettings.allowUserAuthenticationByCertificate"),
        flag("sessionSettings.allowUserCertBasedAuthenticationWithOcspValidation"),
        flag("sessionSettings.auraBoxcarReductionPref"),
        flag("sessionSettings.canConfirmEmailChangeInLightningCommunities"),
        flag("sessionSettings.canConfirmIdentityBySmsOnly"),
        flag("sessionSettings.disableTimeoutWarning"),
        flag("sessionSettings.enableBuiltInAuthenticator"),
        flag("sessionSettings.enableCacheAndAutocomplete"),
        flag("sessionSettings.enableClickjackNonsetupSFDC"),
        flag("sessionSettings.enableClickjackNonsetupUser"),
        flag("sessionSettings.enableClickjackNonsetupUserHeaderless"),
        flag("sessionSettings.enableClickjackSetup"),
        flag("sessionSettings.enableCoepHeader"),
        flag("sessionSettings.enableContentSniffingProtection"),
        flag("sessionSettings.enableCoopHeader"),
        flag("sessionSettings.enableCSPOnEmail"),
        flag("sessionSettings.enableCSRFOnGet"),
        flag("sessionSettings.enableCSRFOnPost"),
        flag("sessionSettings.enableLightningLogin"),
        flag("sessionSettings.enableLightningLoginOnlyWithUserPerm"),
        flag("sessionSettings.enableMFADirectUILoginOptIn"),
        flag("sessionSettings.enableOauthCorsPolicy"),
        flag("sessionSettings.enablePermissionsPolicy"),
        flag("sessionSettings.enablePostForSessions"),
        flag("sessionSettings.enableSMSIdentity"),
        flag("sessionSettings.enableU2F"),
        flag("sessionSettings.enableUpgradeInsecureRequests"),
        flag("sessionSettings.enableXssProtection"),
        flag("sessionSettings.enforceIpRangesEveryRequest"),
        flag("sessionSettings.enforceUserDeviceRevoked"),
        flag("sessionSettings.forceLogoutOnSessionTimeout"),
        flag("sessionSettings.forceRelogin"),
        text("sessionSettings.grantCameraAccess"),
        text("sessionSettings.grantMicrophoneAccess"),
        flag("sessionSettings.hasRetainedLoginHints"),
        flag("sessionSettings.hasUserSwitching"),
        flag("sessionSettings.hstsOnForcecomSites"),
        flag("sessionSettings.identityConfirmationOnEmailChange"),
        flag("sessionSettings.identityConfirmationOnTwoFactorRegistrationEnabled"),
        text("sessionSettings.lockerServiceAPIVersion"),
        flag("sessionSettings.lockerServiceCSP"),
        flag("sessionSettings.lockerServiceFrozenRealm"),
        flag("sessionSettings.lockerServiceNext"),
        flag("sessionSettings.lockerServiceNextControl"),
        flag("sessionSettings.lockerTrustedMode"),
        text("sessionSettings.lockerTrustedResources"),
        flag("sessionSettings.lockSessionsToDomain"),
        flag("sessionSettings.lockSessionsToIp"),
        text("sessionSettings.logoutURL"),
        flag("sessionSettings.redirectBlockModeEnabled"),
        flag("sessionSettings.redirectionWarning"),
        flag("sessionSettings.referrerPolicy"),
        text("sessionSettings.referrerPolicyDirective"),
        flag("sessionSettings.requireHttpOnly"),
        flag("sessionSettings.requireHttps"),
        flag("sessionSettings.securityCentralKillSession"),
        flag("sessionSettings.sendCspForUncommonClients"),
        text("sessionSettings.sessionTimeout"),
        flag("sessionSettings.sidToken3rdPartyAuraApp"),
        flag("sessionSettings.skipSFAWhenMFADirectUILogin"),
        flag("sessionSettings.terminateUserSessionsWhenAdminResetsPassword"),
        flag("sessionSettings.unescapedHtmlSanitization"),
        text("sessionSettings.untrustedRedirect"),
        flag("sessionSettings.useEAPIRateLimitForConnectAPI"),
        flag("sessionSettings.useLocalStorageForLogoutUrl"),
        text("sessionSettings.vfInlineScriptInjection"),
        text("sessionSettings.welcomeEmailTemplateId"),
        group("singleSignOnSettings"),
        flag("singleSignOnSettings.enableCaseInsensitiveFederationID"),
        flag("singleSignOnSettings.enableForceDelegatedCallout"),
        flag("singleSignOnSettings.enableMultipleSamlConfigs"),
        flag("singleSignOnSettings.enableSamlJitProvisioning"),
        flag("singleSignOnSettings.enableSamlLogin"),
        flag("singleSignOnSettings.isLoginWithSalesforceCredentialsDisabled"),
        flag("turnTLSv11Off"),
        flag("turnTLSv11OffSites"),
    ],
    ..Kind::settings("SecuritySettings", "Security")
};

pub(crate) const CONNECTED_APP_SETTINGS: Kind = Kind {
    fields: &[
        flag("enableAdminApprovedAppsOnly"),
        flag("enableAdminApprovedAppsOnlyForExternalUser"),
        flag("enableSkipUserProvisioningWizardWelcomePage"),
    ],
    ..Kind::settings("ConnectedAppSettings", "ConnectedApp")
};

pub(crate) const OAUTH_OIDC_SETTINGS: Kind = Kind {
    fields: &[
        flag("agentAuthLinking"),
        flag("blockOAuthUnPwFlow"),
        flag("blockOAuthUsrAgtFlow"),
        flag("enableHdlessFgtPswFlow"),
        flag("isPkceRequired"),
        flag("oAuthCdCrdtFlowEnable"),
    ],
    ..Kind::settings("OauthOidcSettings", "OauthOidc")
};

pub(crate) const EXTERNAL_CLIENT_APP_SETTINGS: Kind = Kind {
    fields: &[
        flag("enableClientSecretInRestApiAccess"),
        flag("enableConsumerSecretApiAccess"),
        flag("enableExternalClientApps"),
        flag("enablePackageEcaOauthFromDevOrg"),
    ],
    ..Kind::settings("ExternalClientAppSettings", "ExternalClientApp")
};

pub(crate) const MY_DOMAIN_SETTINGS: Kind = Kind {
    fields: &[
        flag("areLegacyRedirectsMaintained"),
        flag("areLgcyRdirMaintainedWntr26"),
        flag("canOnlyLoginWithMyDomainUrl"),
        flag("doesApiLoginRequireOrgDomain"),
        flag("doesWarnOnForceComRedirect"),
        flag("doesWarnOnRedirect"),
        text("domainPartition"),
        text("edgeRoutingMethod"),
        flag("enableCrossDomainPreviewCookies"),
        flag("enableEdgeDuringRollout"),
        flag("enableExtendedRedirections"),
        flag("enableLegacyRedirections"),
        flag("enableNativeBrowserForAuthOnAndroid"),
        flag("enableNativeBrowserForAuthOnIos"),
        flag("enableShareBrowserSessionAndroidForAuth"),
        flag("enableShareBrowserSessionIOSForAuth"),
        text("instancedUrlRedirectHandling"),
        flag("isFirstPartyCookieUseRequired"),
        flag("isIcorInstApiTrafficBlocked"),
        flag("isInstancedApiTrafficBlocked"),
        flag("logRedirections"),
        text("myDomainName"),
        text("myDomainSuffix"),
        flag("onboardCustomerSpecificSuffix"),
        flag("redirectForceComSiteUrls"),
        flag("redirectPriorMyDomain"),
        flag("use3rdPartyCookieBlockingCompatibleHostnames"),
        flag("useEdge"),
        flag("useEnhancedDomainsInSandbox"),
        flag("useStabilizedMyDomainHostnames"),
        flag("useStabilizedSandboxMyDomainHostnames"),
    ],
    ..Kind::settings("MyDomainSettings", "MyDomain")
};

pub(crate) const IDENTITY_PROVIDER_SETTINGS: Kind = Kind {
    fields: &[text("certificateName"), flag("enableIdentityProvider")],
    ..Kind::settings("IdentityProviderSettings", "IdentityProvider")
};

pub(crate) const APEX_SETTINGS: Kind = Kind {
    fields: &[
        int("asyncApexExecutionsOverride"),
        int("defaultQueueableDelay"),
        flag("enableAggregateCodeCoverageOnly"),
        flag("enableApexAccessRightsPref"),
        flag("enableApexApprovalLockUnlock"),
        flag("enableApexCtrlImplicitWithSharingPref"),
        flag("enableApexPropertyGetterPref"),
        flag("enableApexTestReqViewSetup"),
        flag("enableAsyncApexElasticExecutions"),
        flag("enableAsyncRequiresViewSetup"),
        flag("enableAuraApexCtrlAuthUserAccessCheckPref"),
        flag("enableAuraApexCtrlGuestUserAccessCheckPref"),
        flag("enableBlockPackagedApexExecAnon"),
        flag("enableCompileOnDeploy"),
        flag("enableDebugLogsDuringDeployment"),
        flag("enableDisableParallelApexTesting"),
        flag("enableDoNotEmailDebugLog"),
        flag("enableEnforceSummer26ApexHeapLimit"),
        flag("enableGaplessTestAutoNum"),
        flag("enableMngdCtrlActionAccessPref"),
        flag("enableNonCertifiedApexMdCrud"),
        flag("enableRestrictCommunityExecAnon"),
        flag("enableRunDynamicTriggers"),
        flag("enableSecureNoArgConstructorPref"),
        flag("enableTestSetupSkipTestResults"),
    ],
    ..Kind::settings("ApexSettings", "Apex")
};

pub(crate) const MOBILE_SETTINGS: Kind = Kind {
    fields: &[
        group("dashboardMobile"),
        flag("dashboardMobile.enableDashboardIPadApp"),
        flag("enableConfigureMobileHome"),
        flag("enableDRLOnMobile"),
        flag("enableEnhancedContactsOnMobile"),
        flag("enableEnhancedReportsOnMobile"),
        flag("enableEnhancedSalesMobileBuilder"),
        flag("enableEnhancedSalesMobileExp"),
        flag("enableImportContactFromDevice"),
        flag("enableLandscapeSupportOnPhone"),
        flag("enableLightningOnMobile"),
        flag("enableNewSalesforceMobileAppForTablet"),
        flag("enableNewSalesforceMobileAppForTabletWideScreen"),
        flag("enableOfflineDraftsEnabled"),
        flag("enablePopulateNameManuallyInToday"),
        flag("enableS1EncryptedStoragePref2"),
        flag("enableS1OfflinePref"),
        flag("enableUserCustomizationMH"),
    ],
    ..Kind::settings("MobileSettings", "Mobile")
};

pub(crate) const USER_MANAGEMENT_SETTINGS: Kind = Kind {
    fields: &[
        flag("enableCanAnswerContainUsername"),
        flag("enableCanSaveUserPerm"),
        flag("enableConcealPersonalInfo"),
        flag("enableContactlessExternalIdentityUsers"),
        flag("enableEnhancedConcealPersonalInfo"),
        flag("enableEnhancedConcealPersonalInfoForGuest"),
        flag("enableEnhancedPermsetMgmt"),
        flag("enableEnhancedProfileMgmt"),
        flag("enableEnhcUiUserAccessPolicies"),
        flag("enableNewProfileUI"),
        flag("enableProfileFiltering"),
        flag("enableRestrictEmailDomains"),
        flag("enableScrambleUserData"),
        flag("enableUserSelfDeactivate"),
        flag("enhancedPermSetList"),
        flag("enhancedUserListView"),
        flag("enhancedUserRoleListView"),
        flag("groupSummaryUIEnhancement"),
        flag("permsetsInFieldCreation"),
        flag("personalScopeAccessEnabled"),
        flag("psaExpirationUIEnabled"),
        flag("restrictedProfileCloning"),
        flag("userAccessPoliciesEnabled"),
        flag("userFieldHistoryTracking"),
    ],
    ..Kind::settings("UserManagementSettings", "UserManagement")
};

pub(crate) const SITE_SETTINGS: Kind = Kind {
    fields: &[
        flag("enableEnhancedSitesAndContentPlatform"),
        flag("enableExpBuilderCopilot"),
        flag("enableExperienceFriendlyUrls"),
        flag("enableProxyLoginICHeader"),
        flag("enableSitesRecordReassignOrgPref"),
        flag("enableTopicsInSites"),
        flag("enableVisualforceApiAccessAllowed"),
        flag("enableWebruntimeBYOTemplate"),
    ],
    ..Kind::settings("SiteSettings", "Site")
};

pub(crate) const FLOW_SETTINGS: Kind = Kind {
    keeps: KeptElements::Listed,
    fields: &[flag("isFlowBlockAccessToSessionIDEnabled")],
    ..Kind::settings("FlowSettings", "Flow")
};

pub(crate) const ENTERPRISE_API_SETTINGS: Kind = Kind {
    keeps: KeptElements::Listed,
    fields: &[flag("enableBlockDeprecatedApiVersions31to40")],
    ..Kind::settings("EnterpriseApiSettings", "EnterpriseApi")
};
