//! Credentials and identity providers: who vouches for whom, with which certificate, and where calls go out to.

use crate::metadata::kind::{Field, Kind, Plain, flag, int, rows, text};
use sessionlint_xml::Keep;

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
    name: "AuthProvider",
    folder: "authproviders",
    suffix: "authprovider",
    file: None,
    plain: Plain::Document,
    keep: Keep::All,
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
};

pub(crate) const NAMED_CREDENTIAL: Kind = Kind {
    name: "NamedCredential",
    folder: "namedCredentials",
    suffix: "namedCredential",
    file: None,
    plain: Plain::Document,
    keep: Keep::All,
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
};

pub(crate) const EXTERNAL_CREDENTIAL: Kind = Kind {
    name: "ExternalCredential",
    folder: "externalCredentials",
    suffix: "externalCredential",
    file: None,
    plain: Plain::Document,
    keep: Keep::All,
    fields: &[
        text("authenticationProtocol"),
        text("authProvider"),
        text("description"),
        rows("externalCredentialParameters", EXTERNAL_CREDENTIAL_PARAMETERS),
        text("label"),
        text("masterLabel"),
    ],
};

/// Of an external data source only what says how it logs in; its headers, tokens and schema are left out.
pub(crate) const EXTERNAL_DATA_SOURCE: Kind = Kind {
    name: "ExternalDataSource",
    folder: "dataSources",
    suffix: "dataSource",
    file: None,
    plain: Plain::Document,
    keep: Keep::Only(&["authProvider", "endpoint", "label", "principalType", "protocol", "type"]),
    fields: &[
        text("authProvider"),
        text("endpoint"),
        text("label"),
        text("principalType"),
        text("protocol"),
        text("type"),
    ],
};

pub(crate) const EXTERNAL_AUTH_IDENTITY_PROVIDER: Kind = Kind {
    name: "ExternalAuthIdentityProvider",
    folder: "externalAuthIdentityProviders",
    suffix: "externalAuthIdentityProvider",
    file: None,
    plain: Plain::Document,
    keep: Keep::All,
    fields: &[
        text("authenticationFlow"),
        text("authenticationProtocol"),
        text("description"),
        rows("externalAuthIdentityProviderParameters", IDENTITY_PROVIDER_PARAMETERS),
        text("label"),
    ],
};

pub(crate) const SAML_SSO_CONFIG: Kind = Kind {
    name: "SamlSsoConfig",
    folder: "samlssoconfigs",
    suffix: "samlssoconfig",
    file: None,
    plain: Plain::Document,
    keep: Keep::All,
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
};

pub(crate) const CERTIFICATE: Kind = Kind {
    name: "Certificate",
    folder: "certs",
    suffix: "crt",
    file: None,
    plain: Plain::Content,
    keep: Keep::All,
    fields: &[
        flag("caSigned"),
        flag("encryptedWithPlatformEncryption"),
        text("expirationDate"),
        int("keySize"),
        text("masterLabel"),
        flag("privateKeyExportable"),
    ],
};

pub(crate) const USER_AUTH_CERTIFICATE: Kind = Kind {
    name: "UserAuthCertificate",
    folder: "userAuthCertificates",
    suffix: "userAuthCertificate",
    file: None,
    plain: Plain::Document,
    keep: Keep::All,
    fields: &[text("developerName"), text("expirationDate"), text("masterLabel"), text("serialNumber"), text("user")],
};
