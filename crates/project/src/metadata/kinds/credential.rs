//! Credentials and identity providers: who authenticates whom, with which certificate, and the targets of callouts.
//!
//! Names and types of elements only; refuses to know what they mean, which `facts::credential` does.

use crate::metadata::kind::{Field, KeptElements, Kind, PlainFile, flag, int, rows, text};

const EXTERNAL_CREDENTIAL_PARAMETERS: &[Field] = &[
    text("authProvider"),
    text("certificate"),
    text("description"),
    text("externalAuthIdentityProvider"),
    text("parameterGroup"),
    text("parameterName"),
    text("parameterType"),
    text("parameterValue"),
    text("principal"),
    int("sequenceNumber"),
];

const FORWARDED_PARAMETERS: &[Field] = &[text("description"), text("param")];

const IDENTITY_PROVIDER_PARAMETERS: &[Field] =
    &[text("description"), text("parameterName"), text("parameterType"), text("parameterValue"), int("sequenceNumber")];

const NAMED_CREDENTIAL_PARAMETERS: &[Field] = &[
    text("certificate"),
    text("description"),
    text("externalCredential"),
    flag("globalNamedPrincipalCredential"),
    flag("managedFeatureEnabledCallout"),
    text("outboundNetworkConnection"),
    text("parameterGroup"),
    text("parameterName"),
    text("parameterType"),
    text("parameterValue"),
    flag("readOnlyNamedCredential"),
    int("sequenceNumber"),
    flag("systemUserNamedCredential"),
];

pub(crate) const AUTH_PROVIDER: Kind = Kind {
    fields: &[
        text("appleTeam"),
        text("authorizeUrl"),
        text("consumerKey"),
        text("consumerSecret"),
        text("controlPlane"),
        text("customMetadataTypeRecord"),
        text("defaultScopes"),
        text("ecKey"),
        text("errorUrl"),
        text("executionUser"),
        text("flow"),
        text("flowDefaultAccount"),
        text("flowDefaultProfile"),
        text("friendlyName"),
        text("iconUrl"),
        text("idTokenIssuer"),
        flag("includeOrgIdInIdentifier"),
        flag("isPkceEnabled"),
        text("linkKickoffUrl"),
        text("logoutUrl"),
        text("oauthKickoffUrl"),
        rows("paramForwardAllowlist", FORWARDED_PARAMETERS),
        text("plugin"),
        text("portal"),
        text("providerType"),
        text("registrationHandler"),
        flag("requireMfa"),
        flag("sendAccessTokenInHeader"),
        flag("sendClientCredentialsInHeader"),
        flag("sendSecretInApis"),
        text("ssoKickoffUrl"),
        text("tokenUrl"),
        text("userInfoUrl"),
    ],
    ..Kind::new("AuthProvider", "authproviders", "authprovider")
};

pub(crate) const NAMED_CREDENTIAL: Kind = Kind {
    fields: &[
        flag("allowMergeFieldsInBody"),
        flag("allowMergeFieldsInHeader"),
        text("authProvider"),
        text("authTokenEndpointUrl"),
        text("awsAccessKey"),
        text("awsAccessSecret"),
        text("awsRegion"),
        text("awsService"),
        text("calloutStatus"),
        text("certificate"),
        text("description"),
        text("endpoint"),
        flag("generateAuthorizationHeader"),
        text("jwtAudience"),
        text("jwtFormulaSubject"),
        text("jwtIssuer"),
        text("jwtSigningCertificate"),
        text("jwtTextSubject"),
        int("jwtValidityPeriodSeconds"),
        text("label"),
        rows("namedCredentialParameters", NAMED_CREDENTIAL_PARAMETERS),
        text("namedCredentialType"),
        text("oauthRefreshToken"),
        text("oauthScope"),
        text("oauthToken"),
        text("outboundNetworkConnection"),
        text("password"),
        text("principalType"),
        text("privateConnection"),
        text("protocol"),
        text("username"),
    ],
    ..Kind::new("NamedCredential", "namedCredentials", "namedCredential")
};

pub(crate) const EXTERNAL_CREDENTIAL: Kind = Kind {
    fields: &[
        text("authenticationProtocol"),
        text("authProvider"),
        text("description"),
        rows("externalCredentialParameters", EXTERNAL_CREDENTIAL_PARAMETERS),
        text("label"),
        text("masterLabel"),
    ],
    ..Kind::new("ExternalCredential", "externalCredentials", "externalCredential")
};

/// Only the elements about the login of an external data source; its headers, tokens and schema are left out.
pub(crate) const EXTERNAL_DATA_SOURCE: Kind = Kind {
    keeps: KeptElements::Listed,
    fields: &[
        text("authProvider"),
        text("endpoint"),
        text("label"),
        text("principalType"),
        text("protocol"),
        text("type"),
    ],
    ..Kind::new("ExternalDataSource", "dataSources", "dataSource")
};

pub(crate) const EXTERNAL_AUTH_IDENTITY_PROVIDER: Kind = Kind {
    fields: &[
        text("authenticationFlow"),
        text("authenticationProtocol"),
        text("description"),
        rows("externalAuthIdentityProviderParameters", IDENTITY_PROVIDER_PARAMETERS),
        text("label"),
    ],
    ..Kind::new("ExternalAuthIdentityProvider", "externalAuthIdentityProviders", "externalAuthIdentityProvider")
};

pub(crate) const SAML_SSO_CONFIG: Kind = Kind {
    fields: &[
        text("attributeName"),
        text("attributeNameIdFormat"),
        text("decryptionCertificate"),
        text("errorUrl"),
        text("executionUserId"),
        text("identityLocation"),
        text("identityMapping"),
        text("issuer"),
        text("loginUrl"),
        text("logoutUrl"),
        text("name"),
        text("oauthTokenEndpoint"),
        flag("redirectBinding"),
        text("requestSignatureMethod"),
        text("requestSigningCertId"),
        text("salesforceLoginUrl"),
        text("samlEntityId"),
        text("samlJitHandlerId"),
        text("samlVersion"),
        text("singleLogoutBinding"),
        text("singleLogoutUrl"),
        flag("useConfigRequestMethod"),
        flag("userProvisioning"),
        flag("useSameDigestAlgoForSigning"),
        text("validationCert"),
    ],
    ..Kind::new("SamlSsoConfig", "samlssoconfigs", "samlssoconfig")
};

pub(crate) const CERTIFICATE: Kind = Kind {
    plain: PlainFile::Content,
    fields: &[
        flag("caSigned"),
        flag("encryptedWithPlatformEncryption"),
        text("expirationDate"),
        int("keySize"),
        text("masterLabel"),
        flag("privateKeyExportable"),
    ],
    ..Kind::new("Certificate", "certs", "crt")
};

pub(crate) const INBOUND_CERTIFICATE: Kind = Kind {
    plain: PlainFile::Content,
    fields: &[text("expirationDate"), text("issuer"), text("masterLabel"), text("serialId")],
    ..Kind::new("InboundCertificate", "inboundCertificates", "inboundCertificate")
};

pub(crate) const USER_AUTH_CERTIFICATE: Kind = Kind {
    fields: &[text("developerName"), text("expirationDate"), text("masterLabel"), text("serialNumber"), text("user")],
    ..Kind::new("UserAuthCertificate", "userAuthCertificates", "userAuthCertificate")
};
