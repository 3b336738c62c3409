//! The columns of the credential views.
//!
//! Refuses to compute anything beyond a cell.

use super::certificate::{certificate_facts, certificate_uses};
use super::grant::{grants, principals};
use super::link::links;
use super::named::{credential_facts, provider_facts};
use super::saml::saml_facts;
use super::{
    AuthProvider, Certificate, CertificateUse, Credential, Principal, PrincipalGrant, Reference, SamlSsoConfig,
};
use crate::column::{IntoCell, ViewColumn};
use crate::table::{Declaration, Declared, Reads};
use crate::text;
use sessionlint_soql::Cell;

type CredentialColumn = ViewColumn<Credential>;
type LinkColumn = ViewColumn<Reference>;
type UseColumn = ViewColumn<CertificateUse>;
type CertificateColumn = ViewColumn<Certificate>;
type PrincipalColumn = ViewColumn<Principal>;
type GrantColumn = ViewColumn<PrincipalGrant>;
type ProviderColumn = ViewColumn<AuthProvider>;
type SamlColumn = ViewColumn<SamlSsoConfig>;

impl Declared for Credential {
    const TABLE: Declaration<Self> =
        Declaration::new(|| CREDENTIAL, |facts| credential_facts(facts.project, facts.all()))
            .key(|it| &it.full_name)
            .subject(|it| Some(it.index))
            .reads(&[Reads::Code]);
}

/// One row per named credential.
const CREDENTIAL: &[CredentialColumn] = &[
    CredentialColumn::text("Name", "label of the named credential", |it| it.label.as_cell()).always(),
    CredentialColumn::text("FullName", "its developer name", |it| it.full_name.as_str().cell()).always(),
    CredentialColumn::bool("IsManaged", "it belongs to a package, by its name", |it| it.is_managed.cell()).always(),
    CredentialColumn::bool(
        "IsLegacy",
        "it contains protocol and identity itself instead of naming an external credential",
        |it| Cell { place: it.label.place, ..it.is_legacy.cell() },
    )
    .always(),
    CredentialColumn::text("ExternalCredential", "the external credential that it names", |it| it.external.as_cell()),
    CredentialColumn::text("AuthProvider", "the auth provider that it or its external credential names", |it| {
        it.provider.as_cell()
    }),
    CredentialColumn::text("ProviderType", "`providerType` of that auth provider", |it| it.provider_type.as_cell()),
    CredentialColumn::text("App", "the app of this project whose consumer key the auth provider uses", |it| {
        it.app.as_deref().cell()
    }),
    CredentialColumn::text("Protocol", "authentication protocol, as written", |it| it.protocol.as_cell()),
    CredentialColumn::text(
        "PrincipalType",
        "`principalType` as written, or the type of the external credential's first principal",
        |it| it.principal_type.as_cell(),
    ),
    CredentialColumn::text("Host", "the host that it calls", |it| it.host.as_cell()),
    CredentialColumn::bool("IsToSalesforce", "the host belongs to a Salesforce org", |it| {
        it.is_to_salesforce.clone().cell()
    }),
    CredentialColumn::text("CalloutStatus", "`Enabled` or `Disabled`, as written", |it| it.callout_status.as_cell()),
    CredentialColumn::bool("HasOwnScopes", "it has its own scopes instead of the auth provider's", |it| {
        it.has_own_scopes.cell()
    })
    .always(),
    CredentialColumn::text("UsedByApex", "the first method in the project that uses it, at its name there", |it| {
        it.used_by.as_cell()
    }),
    CredentialColumn::text("UsedInAsync", "the first that an asynchronous entry point reaches", |it| {
        it.used_later.as_cell()
    }),
];

impl Declared for Reference {
    const TABLE: Declaration<Self> =
        Declaration::new(|| REFERENCE, |facts| links(facts.project)).key(|it| &it.from_name);
}

/// One row per link between credentials, certificates, providers and grants.
const REFERENCE: &[LinkColumn] = &[
    LinkColumn::text("FromType", "metadata type of the component with the reference", |it| it.from_type.cell())
        .always(),
    LinkColumn::text("FromName", "its fullName", |it| it.from_name.as_str().cell()).always(),
    LinkColumn::text("Element", "the element with the reference", |it| it.element.cell()).always(),
    LinkColumn::text("ToType", "metadata type of the referenced component", |it| it.to_type.cell()).always(),
    LinkColumn::text("ToName", "its name; for a grant, the external credential's part", |it| {
        Cell::at(text(&it.to_name), it.place)
    })
    .always(),
    LinkColumn::bool(
        "IsResolved",
        "it is in the project; null if its file is broken, hidden or outside, or belongs to a package, and for a record id",
        |it| Cell { place: Some(it.place), ..it.is_resolved.cell() },
    ),
    LinkColumn::bool("IsTypeInProject", "the project contains components of that type", |it| {
        it.is_type_in_project.cell()
    })
    .always(),
];

impl Declared for CertificateUse {
    const TABLE: Declaration<Self> = Declaration::new(|| CERTIFICATE_USE, |facts| certificate_uses(facts.project))
        .key(|it| &it.user_name)
        .subject(|it| Some(it.index));
}

/// One row per element that holds or names a certificate.
const CERTIFICATE_USE: &[UseColumn] = &[
    UseColumn::text("User", "the user of the certificate, in words", |it| it.user.as_cell()).always(),
    UseColumn::text("UserType", "metadata type of the component", |it| it.user_type.cell()).always(),
    UseColumn::text("UserName", "fullName of the component", |it| it.user_name.as_str().cell()).always(),
    UseColumn::text("UserLabel", "label of the component", |it| it.user_label.as_str().cell()).always(),
    UseColumn::text("Element", "the element that contains or names it", |it| it.element.cell()).always(),
    UseColumn::text(
        "Purpose",
        "`identity-provider`, `saml-validation`, `saml-requests`, `credential`, `jwt` or `app-saml`",
        |it| it.purpose.as_str().cell(),
    )
    .always(),
    UseColumn::bool("IsActive", "its user is not switched off", |it| it.is_active.cell()).always(),
    UseColumn::text(
        "Certificate",
        "its name or record id; null if the element contains the certificate itself",
        |it| Cell { place: it.user.place, ..it.name.as_deref().cell() },
    ),
    UseColumn::date("ExpiresOn", "its expiry date, in UTC; null if unknown", |it| it.expires_on.clone().cell()),
    UseColumn::int("DaysLeft", "days from the day of the run to that day; negative after it", |it| Cell {
        place: it.expires_on.place,
        ..it.days_left.cell()
    }),
    UseColumn::text(
        "OtherValid",
        "another single sign-on configuration with a valid certificate; null for other purposes",
        |it| it.other_valid.as_cell(),
    ),
    UseColumn::text(
        "FirstUse",
        "label of the first component with the same certificate, or of the same name, for the same purpose; its place is \
         there",
        |it| it.first_use.as_cell(),
    )
    .always(),
    UseColumn::int("KeySize", "bits of its key", |it| Cell { place: it.expires_on.place, ..it.key_size.cell() }),
];

impl Declared for Certificate {
    const TABLE: Declaration<Self> =
        Declaration::new(|| CERTIFICATE, |facts| certificate_facts(facts.project, facts.all()));
}

/// The columns that `Certificate` has beside its elements.
const CERTIFICATE: &[CertificateColumn] = &[
    CertificateColumn::date("ExpiresOn", "the day of `expirationDate`", |it| it.expires_on.clone().cell()),
    CertificateColumn::int("DaysLeft", "days from the day of the run to that day; negative after it", |it| Cell {
        place: it.expires_on.place,
        ..it.days_left.cell()
    }),
    CertificateColumn::bool("IsUsed", "a file in the project names it", |it| it.is_used.cell()).always(),
    CertificateColumn::text(
        "NeededBy",
        "the identity provider, single sign-on settings and credentials that name it, in words",
        |it| it.needed_by.as_cell(),
    ),
    CertificateColumn::bool("IsForIdentityProvider", "only the org as an identity provider uses it", |it| {
        it.is_for_identity_provider.cell()
    })
    .always(),
    CertificateColumn::bool("HasServiceProvider", "an app in the project uses the org's assertions", |it| {
        it.has_service_provider.cell()
    })
    .always(),
    CertificateColumn::text(
        "NamedById",
        "a component that names a certificate by its record id, which no file resolves; in words",
        |it| it.named_by_id.as_cell(),
    ),
    CertificateColumn::text(
        "ExpiredUnused",
        "all expired certificates that no file names; only in the row of the first one",
        |it| Cell { place: it.expires_on.place, ..it.expired_unused.as_deref().cell() },
    ),
];

impl Declared for Principal {
    const TABLE: Declaration<Self> =
        Declaration::new(|| PRINCIPAL, |facts| principals(facts.project, facts.all(), facts.all()))
            .key(|it| &it.external)
            .subject(|it| Some(it.index))
            .reads(&[Reads::Code]);
}

/// One row per principal of an external credential.
const PRINCIPAL: &[PrincipalColumn] = &[
    PrincipalColumn::text("Name", "name of the principal", |it| it.name.as_cell()).always(),
    PrincipalColumn::text("ExternalCredential", "label of the external credential", |it| it.external.as_str().cell())
        .always(),
    PrincipalColumn::bool("IsManaged", "it belongs to a package, by its name", |it| it.is_managed.cell()).always(),
    PrincipalColumn::text("Type", "`NamedPrincipal`, `PerUserPrincipal` or another, as written", |it| {
        it.ty.as_str().cell()
    })
    .always(),
    PrincipalColumn::text("Protocol", "authentication protocol of the external credential", |it| it.protocol.as_cell()),
    PrincipalColumn::text("Variant", "variant of the protocol, as written", |it| it.variant.as_deref().cell()),
    PrincipalColumn::text("NamedCredentials", "the named credentials that use it, in words", |it| it.named.as_cell()),
    PrincipalColumn::text("GrantedBy", "permission sets and profiles that grant it, in words", |it| {
        it.granted_by.as_cell()
    }),
    PrincipalColumn::text("UsedByApex", "the first method in the project that uses one of these", |it| {
        it.used_by.as_cell()
    }),
    PrincipalColumn::text("UsedInAsync", "the first that an asynchronous entry point reaches", |it| {
        it.used_later.as_cell()
    }),
    PrincipalColumn::bool("HasHolders", "the project contains permission sets or profiles", |it| it.has_holders.cell())
        .always(),
    PrincipalColumn::text("GrantConfidence", "`medium` or `low`: how certain a missing grant is", |it| {
        it.confidence().cell()
    })
    .always(),
];

impl Declared for PrincipalGrant {
    const TABLE: Declaration<Self> =
        Declaration::new(|| PRINCIPAL_GRANT, |facts| grants(facts.project, facts.profile_names()))
            .key(|it| &it.holder)
            .subject(|it| Some(it.index));
}

/// One row per principal that a permission set or profile grants.
const PRINCIPAL_GRANT: &[GrantColumn] = &[
    GrantColumn::text("Holder", "label of the permission set or profile", |it| it.holder.as_str().cell()).always(),
    GrantColumn::text("HolderType", "`PermissionSet` or `Profile`", |it| it.holder_type.cell()).always(),
    GrantColumn::text("Principal", "credential and principal, as written", |it| it.principal.as_cell()).always(),
    GrantColumn::text("ExternalCredential", "developer name of the external credential", |it| {
        it.external.as_str().cell()
    })
    .always(),
    GrantColumn::text("Protocol", "its authentication protocol; null if it is not in the project", |it| {
        it.protocol.as_cell()
    }),
    GrantColumn::text("PrincipalType", "type of the principal; null if it is not in the project", |it| {
        it.principal_type.as_cell()
    }),
    GrantColumn::bool(
        "CanModifyAll",
        "the permission set grants Modify All on user external credentials; null for a profile",
        |it| it.can_store.clone().cell(),
    ),
    GrantColumn::text("OtherHolder", "another permission set in the project that grants it", |it| {
        it.other_store.as_cell()
    }),
];

impl Declared for AuthProvider {
    const TABLE: Declaration<Self> = Declaration::new(|| AUTH_PROVIDER, |facts| provider_facts(facts.project));
}

/// The columns that `AuthProvider` has beside its elements.
const AUTH_PROVIDER: &[ProviderColumn] = &[
    ProviderColumn::bool("HasRefreshScope", "`defaultScopes` include a refresh token scope; null without any", |it| {
        it.has_refresh_scope.clone().cell()
    }),
    ProviderColumn::text(
        "NeededBy",
        "credentials that use its tokens and have no scopes of their own, in words",
        |it| it.needed_by.as_cell(),
    ),
    ProviderColumn::text("App", "the app of this project whose consumer key it uses", |it| it.app.as_deref().cell()),
];

impl Declared for SamlSsoConfig {
    const TABLE: Declaration<Self> = Declaration::new(|| SAML_SSO_CONFIG, |facts| saml_facts(facts.project));
}

/// The columns that `SamlSsoConfig` has beside its elements.
const SAML_SSO_CONFIG: &[SamlColumn] = &[
    SamlColumn::text("LoginHost", "the host of `salesforceLoginUrl`", |it| it.login_host.as_cell()),
    SamlColumn::text("LoginHostKind", "`login` (login or test), `instance` (such as na12) or `other`", |it| {
        it.login_host_kind.clone().cell()
    }),
    SamlColumn::bool("IsMyDomainOnly", "the org allows logins at its My Domain only", |it| {
        it.is_my_domain_only.clone().cell()
    }),
    SamlColumn::text("Label", "label of the configuration, as Setup shows it", |it| it.label.as_str().cell()).always(),
];
