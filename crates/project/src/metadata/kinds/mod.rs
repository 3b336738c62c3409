//! The kinds, one file per subject: element names and types as in Salesforce's metadata WSDL.
//!
//! Elements that newer versions of the WSDL dropped stay listed, since old projects still have them. Refuses to know
//! values, defaults and meanings.

mod connected_app;
mod credential;
mod external_client_app;
mod mobile;
mod network;
mod profile;
mod settings;
mod workflow;

use super::Kind;

/// All kinds: the levels of a session first, then apps, credentials, the network and the rest.
pub(super) const ALL: &[Kind] = &[
    profile::PROFILE,
    profile::PROFILE_SESSION_SETTING,
    profile::PROFILE_PASSWORD_POLICY,
    profile::PERMISSION_SET,
    profile::PERMISSION_SET_GROUP,
    profile::MUTING_PERMISSION_SET,
    settings::SECURITY_SETTINGS,
    settings::CONNECTED_APP_SETTINGS,
    settings::OAUTH_OIDC_SETTINGS,
    settings::EXTERNAL_CLIENT_APP_SETTINGS,
    settings::MY_DOMAIN_SETTINGS,
    settings::IDENTITY_PROVIDER_SETTINGS,
    settings::APEX_SETTINGS,
    settings::MOBILE_SETTINGS,
    settings::USER_MANAGEMENT_SETTINGS,
    settings::SITE_SETTINGS,
    settings::FLOW_SETTINGS,
    settings::ENTERPRISE_API_SETTINGS,
    connected_app::CONNECTED_APP,
    connected_app::OAUTH_CUSTOM_SCOPE,
    connected_app::OAUTH_TOKEN_EXCHANGE_HANDLER,
    external_client_app::EXTERNAL_CLIENT_APPLICATION,
    external_client_app::EXTL_CLNT_APP_CONFIGURABLE_POLICIES,
    external_client_app::EXTL_CLNT_APP_OAUTH_CONFIGURABLE_POLICIES,
    external_client_app::EXTL_CLNT_APP_OAUTH_SETTINGS,
    external_client_app::EXTL_CLNT_APP_GLOBAL_OAUTH_SETTINGS,
    external_client_app::EXTL_CLNT_APP_OAUTH_SECURITY_SETTINGS,
    external_client_app::EXTL_CLNT_APP_SAML_CONFIGURABLE_POLICIES,
    external_client_app::EXTL_CLNT_APP_MOBILE_SETTINGS,
    external_client_app::EXTL_CLNT_APP_MOBILE_CONFIGURABLE_POLICIES,
    external_client_app::EXTL_CLNT_APP_PUSH_SETTINGS,
    external_client_app::EXTL_CLNT_APP_PUSH_CONFIGURABLE_POLICIES,
    external_client_app::EXTL_CLNT_APP_CANVAS_SETTINGS,
    external_client_app::EXTL_CLNT_APP_NOTIFICATION_SETTINGS,
    external_client_app::EXTL_CLNT_APP_ATTEST_SETTINGS,
    external_client_app::EXTL_CLNT_APP_ATTEST_CONFIGURABLE_POLICIES,
    credential::AUTH_PROVIDER,
    credential::NAMED_CREDENTIAL,
    credential::EXTERNAL_CREDENTIAL,
    credential::EXTERNAL_AUTH_IDENTITY_PROVIDER,
    credential::EXTERNAL_DATA_SOURCE,
    credential::SAML_SSO_CONFIG,
    credential::CERTIFICATE,
    credential::INBOUND_CERTIFICATE,
    credential::USER_AUTH_CERTIFICATE,
    network::REMOTE_SITE_SETTING,
    network::CSP_TRUSTED_SITE,
    network::CORS_WHITELIST_ORIGIN,
    network::LIGHTNING_OUT_APP,
    network::MY_DOMAIN_DISCOVERABLE_LOGIN,
    network::NETWORK,
    network::TRANSACTION_SECURITY_POLICY,
    mobile::MOBILE_SECURITY_POLICY,
    mobile::MOBILE_SECURITY_ASSIGNMENT,
    mobile::MOBILE_SECURITY_POLICY_SET,
    mobile::MOB_SECURITY_CERT_PIN_CONFIG,
    workflow::WORKFLOW,
];
